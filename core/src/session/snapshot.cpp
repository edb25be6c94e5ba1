// A session's snapshot: what it is bound to, and the order in which its parts write and read themselves.
#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstring>
#include <type_traits>

#include "hash.hpp"
#include "memory/vector_loops.hpp"
#include "session/state.hpp"
#include "snapshot/archive.hpp"
#include "text/format.hpp"
#include "witness/trace_fields.hpp"

namespace mgt {
namespace {

using snapshot::Archive;
using snapshot::Pass;

constexpr std::uint32_t kAuto = 255;  // no tier is forced
constexpr snapshot::Range<double> kNats{-1e30, 1e30};

/// How an option's value is to be read.
enum class Form : std::uint8_t { number, real, policy, kv, tier };

/// An option that shapes the state or what comes of it.
struct BoundOption {
  const char* name;
  std::uint32_t value;
  Form form = Form::number;
};
constexpr std::size_t kOptions = 23;
using BoundOptions = std::array<BoundOption, kOptions>;

/// Every option of the session, as it was resolved.
BoundOptions bound_options(const Session& session, const SessionOptions& options) noexcept {
  const GatePolicy& p = session.policy();
  const auto bits = [](float value) { return std::bit_cast<std::uint32_t>(value); };
  return {{{"policy", static_cast<std::uint32_t>(session.policy_kind()), Form::policy},
           {"tier", options.tier ? static_cast<std::uint32_t>(*options.tier) : kAuto, Form::tier},
           {"window", session.window()},
           {"memory", options.memory},
           {"memory_bytes", options.memory ? options.memory_bytes : 0},
           {"coherence", options.coherence},
           {"replay", session.replay_positions()},
           {"kv", static_cast<std::uint32_t>(p.kv), Form::kv},
           {"lambda_min", p.lambda_min},
           {"drop_ratio_q15_max", p.drop_ratio_q15_max},
           {"boundary_edges_max", p.boundary_edges_max},
           {"boundary_concentration_q15_max", p.boundary_concentration_q15_max},
           {"partitions_max", p.partitions_max},
           {"spike_rate_q15_max", p.spike_rate_q15_max},
           {"spike_novelty_q15_min", p.spike_novelty_q15_min},
           {"spike_fire_nats", bits(p.spike_fire_nats), Form::real},
           {"allow_kv_write_when_unstable", p.allow_kv_write_when_unstable},
           {"allow_external_write_when_unstable", p.allow_external_write_when_unstable},
           {"memory_confidence", bits(p.memory_confidence), Form::real},
           {"exit_confidence", bits(p.exit_confidence), Form::real},
           {"energy_max", bits(p.energy_max), Form::real},
           {"energy_hysteresis", bits(p.energy_hysteresis), Form::real},
           {"deadline_tier", static_cast<std::uint32_t>(session.deadline_tier())}}};
}

/// The value in words, as the option takes it.
struct Spelling {
  char text[24];

  Spelling(Form form, std::uint32_t value) noexcept {
    if (form == Form::policy && value <= static_cast<std::uint32_t>(PolicyKind::custom)) {
      text::format_text(text, "%s", name_of(static_cast<PolicyKind>(value)));
    } else if (form == Form::kv) {
      text::format_text(text, "%s", value == static_cast<std::uint32_t>(KvMode::exact) ? "exact" : "propagate");
    } else if (form == Form::tier && value == kAuto) {
      text::format_text(text, "auto");
    } else if (form == Form::real) {
      text::format_text(text, "%g", static_cast<double>(std::bit_cast<float>(value)));
    } else {
      text::format_text(text, "%u", static_cast<unsigned>(value));
    }
  }
};

Error other_option(const BoundOption& ours, std::uint32_t theirs) noexcept {
  return Error::make(Errc::snapshot_mismatch, "%s was %s in the snapshot's session and is %s in this one", ours.name,
                     Spelling(ours.form, theirs).text, Spelling(ours.form, ours.value).text);
}

/// The model's hash and the options; an error where they are not the session's.
std::optional<Error> transfer_binding(Archive& archive, const Session& session,
                                      const SessionOptions& options) noexcept {
  const std::uint64_t model = session.model().hash();
  const std::uint64_t read = archive.steering("model", model);
  if (archive.error()) return archive.error();
  if (read != model) {
    return Error::make(Errc::snapshot_mismatch, "the snapshot's model is %016llx, the session's is %016llx",
                       static_cast<unsigned long long>(read), static_cast<unsigned long long>(model));
  }
  for (const BoundOption& ours : bound_options(session, options)) {
    const auto theirs = archive.steering(ours.name, ours.value);
    if (archive.error()) return archive.error();
    if (theirs != ours.value) return other_option(ours, theirs);
  }
  return std::nullopt;
}

void transfer_stats(Archive& archive, SessionStats& s) noexcept {
  archive.field("stats.tokens", s.tokens, snapshot::kPositions);
  for (std::uint64_t& steps : s.tiers) archive.field("stats.tiers", steps);
  for (std::uint64_t* count : {&s.layers_run, &s.layers_caught_up, &s.layers_replayed, &s.kv_projections, &s.macs,
                               &s.kv_bytes_read, &s.kv_bytes_written, &s.correct, &s.model_tokens, &s.logits_hash}) {
    archive.field("stats", *count);
  }
  archive.field("stats.nats", s.nats, kNats);
  archive.field("stats.model_nats", s.model_nats, kNats);
}

void transfer_field(Archive& archive, const char* name, bool& value) noexcept {
  const bool read = archive.steering(name, value);
  if (archive.applies()) value = read;
}

/// `last` is the enumeration's last value.
template <class Enum>
void transfer_enum(Archive& archive, const char* name, Enum& value, Enum last) noexcept {
  const auto read = archive.steering(name, static_cast<std::uint8_t>(value), {0, static_cast<std::uint8_t>(last)});
  if (archive.applies()) value = static_cast<Enum>(read);
}

/// logits() closes a second record over the last step's evidence.
void transfer_witness(Archive& archive, Witness& witness) noexcept {
  detail::visit_fields(witness, [&archive]<class Field>(const char* name, Field&& field) {
    using T = std::remove_cvref_t<Field>;
    if constexpr (std::same_as<T, Tier>) {
      transfer_enum(archive, name, field, Tier::skip);
    } else if constexpr (std::same_as<T, GateDecision>) {
      transfer_enum(archive, name, field, GateDecision::QuarantineUpdates);
    } else if constexpr (std::same_as<T, GateReason>) {
      transfer_enum(archive, name, field, GateReason::KillSwitch);
    } else if constexpr (std::same_as<T, bool>) {
      transfer_field(archive, name, field);
    } else if constexpr (std::same_as<T, detail::Hex<std::uint64_t>>) {
      archive.field(name, field.value);
    } else {
      archive.field(name, field);
    }
  });
}

/// The top token and the hash follow from the numbers, and so do logits that are none of an exit's.
void transfer_answer(Archive& archive, Answer& answer) noexcept {
  const bool given = archive.steering("answer.given", answer.given);
  if (!given) return;
  const auto table = [](float* row) { return std::span<float>(row, kVocabSize); };
  archive.numbers("answer.probabilities", table(answer.probabilities), snapshot::kProbabilities);
  const auto layers = archive.steering("answer.layers", answer.layers, {0, kMaxLayers});
  const bool from_exit = archive.steering("answer.from_exit", answer.from_exit);
  if (from_exit) archive.numbers("answer.logits", table(answer.logits));
  if (layers > 0) {
    archive.numbers("answer.model_probabilities", table(answer.model_probabilities), snapshot::kProbabilities);
  }
  if (!archive.applies()) return;
  answer.given = true;
  answer.layers = layers;
  answer.from_exit = from_exit;
  answer.logits_due = !from_exit;
  answer.top_token = memory::find_top(answer.probabilities);
  answer.seal();
}

/// Magic, version and size of the whole.
struct Preamble {
  char magic[sizeof snapshot::kMagic];
  std::uint32_t version = snapshot::kVersion;
  std::uint64_t size = 0;

  void transfer(Archive& archive) noexcept {
    archive.numbers("magic", magic);
    archive.field("version", version);
    archive.field("size", size);
  }
};

/// The bytes of a magic, two digits each.
struct HexBytes {
  char text[3 * sizeof snapshot::kMagic];

  explicit HexBytes(const char (&bytes)[sizeof snapshot::kMagic]) noexcept {
    for (std::size_t i = 0; i < sizeof bytes; ++i) {
      text::format_text(std::span(text).subspan(3 * i), "%02x ", static_cast<unsigned>(bytes[i] & 0xff));
    }
  }
};

/// What lies between preamble and checksum, which are found to be right.
Expected<std::span<const std::byte>> unwrap(std::span<const std::byte> bytes) noexcept {
  constexpr std::size_t kLeast = snapshot::kPreambleBytes + snapshot::kChecksumBytes;
  if (bytes.size() < kLeast) {
    return fail(Errc::bad_snapshot, "snapshot of %zu bytes, the shortest has %zu", bytes.size(), kLeast);
  }
  Archive archive = Archive::reading(bytes, Pass::apply);
  Preamble preamble;
  preamble.transfer(archive);
  if (!std::ranges::equal(preamble.magic, snapshot::kMagic)) {
    return fail(Errc::bad_snapshot, "not a snapshot: its first bytes are %s, expected %s",
                HexBytes(preamble.magic).text, HexBytes(snapshot::kMagic).text);
  }
  if (preamble.version != snapshot::kVersion) {
    return fail(Errc::snapshot_version, "snapshot of format version %u, this build reads %u", preamble.version,
                snapshot::kVersion);
  }
  if (preamble.size != bytes.size()) {
    return fail(Errc::bad_snapshot, "snapshot of %zu bytes, it was written with %llu", bytes.size(),
                static_cast<unsigned long long>(preamble.size));
  }
  const auto content = bytes.first(bytes.size() - snapshot::kChecksumBytes);
  const std::uint64_t actual = hash64(content);
  std::uint64_t expected;
  std::memcpy(&expected, bytes.last(snapshot::kChecksumBytes).data(), sizeof expected);
  if (actual != expected) {
    return fail(Errc::bad_snapshot, "snapshot's bytes have checksum %016llx, it was written with %016llx",
                static_cast<unsigned long long>(actual), static_cast<unsigned long long>(expected));
  }
  return content.subspan(snapshot::kPreambleBytes);
}

}  // namespace

void Session::State::transfer(Archive& archive) noexcept {
  if (archive.applies()) reset();
  transfer_stats(archive, stats);
  transfer_witness(archive, witness);
  archive.numbers("signature", std::span<std::uint64_t>(signature, signature_size()));
  archive.field("window.steps", window_steps, snapshot::kPositions);
  archive.field("window.hash", window_witness.hash);
  transfer_answer(archive, answer);
  transfer_answer(archive, window_answer);
  spike->transfer(archive);
  if (coherence) coherence->transfer(archive);
  kill_switch.transfer(archive);
  if (memory) {
    memory->transfer(archive);
    if (archive.applies() && memory->has_predicted()) memory->predict(prediction);  // logits() mixes with it
    archive.field("memory.potential", memory_potential.q16, {0, 1u << 30});
    mixer->transfer(archive);
  }
  const cache::Position end = cache.transfer(archive);
  for (cache::Position p = cache.begin(); archive.applies() && p < end; ++p) runner.learn(cache.token(p));
  if (store) store->transfer(archive, cache.begin(), end);
}

std::size_t Session::snapshot_bytes() const noexcept {
  Archive counter;
  transfer_binding(counter, *this, state_->options);
  state_->transfer(counter);
  return snapshot::kPreambleBytes + counter.size() + snapshot::kChecksumBytes;
}

Expected<std::size_t> Session::snapshot(std::span<std::byte> out) const noexcept {
  const std::size_t size = snapshot_bytes();
  if (out.size() < size) {
    return fail(Errc::buffer_too_small, "the snapshot needs %zu bytes, out has %zu", size, out.size());
  }
  Archive archive = Archive::writing(out.first(size));
  Preamble preamble;
  std::ranges::copy(snapshot::kMagic, preamble.magic);
  preamble.size = size;
  preamble.transfer(archive);
  transfer_binding(archive, *this, state_->options);
  state_->transfer(archive);
  std::uint64_t checksum = hash64(out.first(archive.size()));
  archive.field("checksum", checksum);
  return size;
}

Expected<void> Session::restore(std::span<const std::byte> bytes) noexcept {
  const auto content = unwrap(bytes);
  if (!content) return std::unexpected(content.error());
  Archive archive = Archive::reading(*content, Pass::check);
  if (const auto error = transfer_binding(archive, *this, state_->options)) return std::unexpected(*error);
  const auto fields = content->last(archive.left());
  state_->transfer(archive);
  if (archive.error()) return std::unexpected(*archive.error());
  if (archive.left() > 0) {
    return fail(Errc::bad_snapshot, "snapshot has %zu bytes behind its last field, expected 0", archive.left());
  }
  Archive again = Archive::reading(fields, Pass::apply);
  state_->transfer(again);
  return {};
}

}  // namespace mgt
