// A session restored from a snapshot goes on with the bits of the one that was saved; any other snapshot is refused and
// changes nothing.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "mgt/generate.hpp"
#include "snapshot/format.hpp"
#include "support/sessions.hpp"
#include "support/snapshots.hpp"
#include "support/tiny_energy.hpp"

namespace mgt::test {
namespace {

Model small_model(std::uint64_t seed = 1) {
  TinyOptions shape;
  shape.hidden = 32;
  shape.n_heads = 1;
  shape.n_kv_heads = 1;
  shape.ffn = 32;
  shape.window = 4;
  shape.window_min = 2;
  shape.seed = seed;
  return tiny_energy_model(shape);
}

/// Text that comes back after a while, with foreign bytes in between.
std::vector<std::uint8_t> stream_of(std::size_t n, std::uint64_t seed) {
  Random random(seed);
  std::vector<std::uint8_t> text;
  while (text.size() < n) {
    for (std::uint64_t i = 1 + random.next() % 8; i > 0; --i) {
      text.push_back(static_cast<std::uint8_t>(random.next() >> 56));
    }
    const std::size_t back = 1 + random.next() % std::min<std::size_t>(text.size(), 300);
    for (std::uint64_t i = random.next() % 60; i > 0; --i) text.push_back(text[text.size() - back]);
  }
  text.resize(n);
  return text;
}

/// Every policy with and without memory, and one whose rules flush, freeze and quarantine.
std::vector<SessionOptions> all_options() {
  std::vector<SessionOptions> all;
  for (const bool memory : {true, false}) {
    for (const PolicyKind policy : {PolicyKind::dense, PolicyKind::exact, PolicyKind::conservative,
                                    PolicyKind::standard, PolicyKind::permissive, PolicyKind::custom}) {
      SessionOptions options;
      options.policy = policy;
      options.memory = memory;
      options.memory_bytes = 1u << 18;
      if (policy == PolicyKind::exact) options.replay = 64;
      if (policy == PolicyKind::custom) {
        options.custom.kv = memory ? KvMode::exact : KvMode::propagate;
        options.custom.lossless_replay = memory;
        options.custom.allow_kv_write_when_unstable = false;
        options.custom.lambda_min = 20000;
        options.custom.drop_ratio_q15_max = 0x1000;
        options.custom.memory_confidence = 0.7f;
        options.custom.exit_confidence = 0.5f;
        options.coherence = memory;
      }
      all.push_back(options);
    }
  }
  return all;
}

/// What a script does to a session: steps of random tiers with random packets, prefills, pushes, questions, window
/// mode.
class Script {
 public:
  Script(std::vector<std::uint8_t> stream, std::uint64_t seed) : stream_(std::move(stream)), random_(seed) {}

  bool done() const { return at_ + 64 > stream_.size(); }

  /// Does the next thing to both and compares all that can be seen.
  void act(Session& a, Session& b) {
    const std::uint64_t choice = random_.next() % 32;
    if (choice == 0) return prefill(a, b);
    if (choice == 1) return infer(a, b);
    if (choice == 2) return push(a, b);
    if (choice == 3) return ask(a, b);
    StepInput input;
    input.token = stream_[at_++];
    GatePacket packet;
    if (choice >= 4 && choice < 8) input.tier = static_cast<Tier>(random_.next() % 4);
    if (choice == 8) {
      packet.lambda = static_cast<std::uint32_t>(random_.next() % 65536);
      packet.lambda_prev = 40000;
      input.gate = &packet;
    }
    const auto first = a.step(input), second = b.step(input);
    REQUIRE(first.has_value());
    REQUIRE(second.has_value());
    compare(*first, *second, a, b);
  }

 private:
  void prefill(Session& a, Session& b) {
    const std::size_t n = 1 + random_.next() % 60;
    const auto tokens = std::span(stream_).subspan(at_, n);
    at_ += n;
    const auto first = a.prefill(tokens), second = b.prefill(tokens);
    compare(*first, *second, a, b);
  }

  void push(Session& a, Session& b) {
    const auto tokens = std::span(stream_).subspan(at_, 1 + random_.next() % 20);
    at_ += tokens.size();
    const auto first = a.push(tokens), second = b.push(tokens);
    compare(*first, *second, a, b);
  }

  void ask(Session& a, Session& b) {
    const auto first = a.logits(), second = b.logits();
    REQUIRE(first.has_value() == second.has_value());  // before the first token it is refused
    if (first) compare(*first, *second, a, b);
  }

  void infer(Session& a, Session& b) {
    const auto tier = static_cast<Tier>(random_.next() % 4);
    const auto tokens = std::span(stream_).subspan(at_, 1 + random_.next() % 32);
    const auto first = a.infer(tokens, tier), second = b.infer(tokens, tier);
    REQUIRE(first.has_value() == second.has_value());  // tier 3 before any other is refused
    if (first) compare(*first, *second, a, b);
  }

  static void compare(const StepView& first, const StepView& second, const Session& a, const Session& b) {
    // The chain holds every field of every record, the hash of the answer's bits among them.
    REQUIRE(first.witness->step == second.witness->step);
    REQUIRE(first.witness->output_hash == second.witness->output_hash);
    REQUIRE(first.witness->hash == second.witness->hash);
    REQUIRE(a.stats().logits_hash == b.stats().logits_hash);
  }

  std::vector<std::uint8_t> stream_;
  Random random_;
  std::size_t at_ = 0;
};

void check_same_stats(const SessionStats& a, const SessionStats& b) {
  CHECK(a.tokens == b.tokens);
  CHECK(a.tiers == b.tiers);
  CHECK(a.layers_run == b.layers_run);
  CHECK(a.layers_caught_up == b.layers_caught_up);
  CHECK(a.layers_replayed == b.layers_replayed);
  CHECK(a.kv_projections == b.kv_projections);
  CHECK(a.macs == b.macs);
  CHECK(a.kv_bytes_read == b.kv_bytes_read);
  CHECK(a.kv_bytes_written == b.kv_bytes_written);
  CHECK(a.correct == b.correct);
  CHECK(a.nats == b.nats);
  CHECK(a.model_nats == b.model_nats);
  CHECK(a.model_tokens == b.model_tokens);
}

TEST_CASE("random streams with random snapshots go on bit for bit, under every policy",
          "[session][snapshot][property]") {
  const Model model = small_model();
  std::uint64_t seed = 0;
  for (const SessionOptions& options : all_options()) {
    INFO(name_of(options.policy) << (options.memory ? " with" : " without") << " memory");
    for (int round = 0; round < 4; ++round) {
      Session uninterrupted = make_session(model, options);
      Session current = make_session(model, options);
      Session spare = make_session(model, options);
      ++seed;
      Script script(stream_of(3500, seed), seed);
      Random when(seed);
      int snapshots = 0;
      while (!script.done()) {
        if (when.next() % 60 == 0) {
          const SnapshotBytes bytes = snapshot_of(current);
          REQUIRE_FALSE(bytes.empty());
          const auto restored = spare.restore(bytes);  // over whatever it held before
          INFO((restored ? "" : restored.error().message()));
          REQUIRE(restored.has_value());
          REQUIRE(snapshot_of(spare) == bytes);
          REQUIRE(snapshot_of(uninterrupted) == bytes);
          std::swap(current, spare);
          ++snapshots;
        }
        script.act(uninterrupted, current);
      }
      CHECK(snapshots > 10);
      check_same_stats(uninterrupted.stats(), current.stats());
    }
  }
}

TEST_CASE("generation continues from a snapshot", "[session][snapshot]") {
  const Model model = small_model();
  Session session = make_session(model, {}), other = make_session(model, {});
  const auto prompt = stream_of(300, 5);
  std::uint8_t text[2][100];
  REQUIRE(generate(session, prompt, {.temperature = 0.9f, .seed = 3}, std::span(text[0]).first(20)));
  REQUIRE(other.restore(snapshot_of(session)));
  REQUIRE(generate(session, {}, {.temperature = 0.9f, .seed = 4}, text[0]));
  REQUIRE(generate(other, {}, {.temperature = 0.9f, .seed = 4}, text[1]));
  CHECK(std::equal(std::begin(text[0]), std::end(text[0]), text[1]));
}

TEST_CASE("a new session's snapshot is small, and a used one's is bounded by its plan", "[session][snapshot]") {
  const Model model = small_model();
  for (SessionOptions options : all_options()) {
    options.memory_bytes = 4u << 20;
    Session session = make_session(model, options);
    CHECK(session.snapshot_bytes() < 170'000);
    for (const std::uint8_t token : stream_of(5000, 2)) REQUIRE(session.step(token));
    const SessionPlan plan = *Session::plan(model, options);
    const std::size_t kept = plan.kv_cache_bytes + plan.memory_bytes + plan.gate_bytes + plan.replay_bytes;
    CHECK(session.snapshot_bytes() < kept + kept / 3 + 10'000);
  }
}

TEST_CASE("a session that forgot its stream has the snapshot of a new one", "[session][snapshot]") {
  const Model model = small_model();
  for (const SessionOptions& options : all_options()) {
    Session session = make_session(model, options);
    const SnapshotBytes fresh = snapshot_of(session);
    for (const std::uint8_t token : stream_of(200, 3)) REQUIRE(session.step(token));
    REQUIRE(session.prefill(stream_of(40, 4)));
    REQUIRE(session.infer(stream_of(8, 5)));
    session.reset();
    CHECK(snapshot_of(session) == fresh);
    CHECK(session.window_macs() == 0);
  }
}

/// A refusal: code, a part of the message, and a session that is as it was.
void check_refused(Session& session, std::span<const std::byte> bytes, Errc code, const std::string& part) {
  const SnapshotBytes before = snapshot_of(session);
  const auto restored = session.restore(bytes);
  REQUIRE_FALSE(restored.has_value());
  INFO(restored.error().message());
  CHECK(restored.error().code() == code);
  CHECK(std::string(restored.error().message()).find(part) != std::string::npos);
  CHECK(snapshot_of(session) == before);
}

TEST_CASE("snapshots of another kind are refused by name", "[session][snapshot]") {
  const Model model = small_model();
  SessionOptions options;
  options.policy = PolicyKind::exact;
  options.replay = 64;
  Session saved = make_session(model, options);
  for (const std::uint8_t token : stream_of(500, 9)) REQUIRE(saved.step(token));
  const SnapshotBytes good = snapshot_of(saved);
  Session session = make_session(model, options);
  for (const std::uint8_t token : stream_of(77, 3)) REQUIRE(session.step(token));

  const auto changed = [&](std::size_t at, int value) {
    SnapshotBytes bytes = good;
    bytes[at] = static_cast<std::byte>(value);
    return bytes;
  };
  check_refused(session, changed(0, 'M'), Errc::bad_snapshot,
                "not a snapshot: its first bytes are 4d 67 74 73 6e 61 70 0a, expected 6d 67");
  check_refused(session, changed(8, 6), Errc::snapshot_version,
                "format version 6, this build reads " + std::to_string(snapshot::kVersion));
  check_refused(session, std::span(good).first(10), Errc::bad_snapshot, "snapshot of 10 bytes, the shortest has 28");
  check_refused(session, {}, Errc::bad_snapshot, "snapshot of 0 bytes");
  SnapshotBytes longer(good.size() + 1);
  std::ranges::copy(good, longer.begin());
  const std::string sizes =
      std::to_string(longer.size()) + " bytes, it was written with " + std::to_string(good.size());
  check_refused(session, longer, Errc::bad_snapshot, sizes);

  Session foreign = make_session(small_model(2), options);
  check_refused(session, snapshot_of(foreign), Errc::snapshot_mismatch, ", the session's is");
  REQUIRE(session.restore(good));
}

TEST_CASE("every other option is refused by name and with both values", "[session][snapshot]") {
  const Model model = small_model();
  SessionOptions ours;
  ours.policy = PolicyKind::custom;
  ours.custom.kv = KvMode::exact;
  Session session = make_session(model, ours);
  for (const std::uint8_t token : stream_of(50, 3)) REQUIRE(session.step(token));
  const auto refused = [&](auto&& change, const char* message) {
    SessionOptions theirs = ours;
    change(theirs);
    check_refused(session, snapshot_of(make_session(model, theirs)), Errc::snapshot_mismatch, message);
  };
  refused([](SessionOptions& o) { o.policy = PolicyKind::exact; },
          "policy was exact in the snapshot's session and is custom");
  refused([](SessionOptions& o) { o.tier = Tier::safe; }, "tier was 2 in the snapshot's session and is auto");
  refused([](SessionOptions& o) { o.window = 5; }, "window was 5 in the snapshot's session and is 4");
  refused([](SessionOptions& o) { o.memory = false; }, "memory was 0");
  refused([](SessionOptions& o) { o.memory_bytes = 1u << 20; }, "memory_bytes was 1048576");
  refused([](SessionOptions& o) { o.coherence = false; }, "coherence was 0");
  refused([](SessionOptions& o) { o.replay = 32; }, "replay was 32 in the snapshot's session and is 0");
  refused([](SessionOptions& o) { o.custom.kv = KvMode::propagate; }, "kv was propagate");
  refused([](SessionOptions& o) { o.custom.lambda_min = 3; }, "lambda_min was 3");
  refused([](SessionOptions& o) { o.custom.drop_ratio_q15_max = 3; }, "drop_ratio_q15_max was 3");
  refused([](SessionOptions& o) { o.custom.boundary_edges_max = 3; }, "boundary_edges_max was 3");
  refused([](SessionOptions& o) { o.custom.boundary_concentration_q15_max = 3; }, "concentration_q15_max was 3");
  refused([](SessionOptions& o) { o.custom.partitions_max = 3; }, "partitions_max was 3");
  refused([](SessionOptions& o) { o.custom.spike_rate_q15_max = 3; }, "spike_rate_q15_max was 3");
  refused([](SessionOptions& o) { o.custom.spike_novelty_q15_min = 3; }, "spike_novelty_q15_min was 3");
  refused([](SessionOptions& o) { o.custom.spike_fire_nats = 4.5f; }, "spike_fire_nats was 4.5");
  refused([](SessionOptions& o) { o.custom.allow_kv_write_when_unstable = false; }, "kv_write_when_unstable was 0");
  refused([](SessionOptions& o) { o.custom.allow_external_write_when_unstable = true; }, "when_unstable was 1");
  refused([](SessionOptions& o) { o.custom.memory_confidence = 0.5f; }, "memory_confidence was 0.5 in the");
  refused([](SessionOptions& o) { o.custom.exit_confidence = 0.25f; }, "exit_confidence was 0.25");
  refused([](SessionOptions& o) { o.custom.energy_hysteresis = 0.5f; }, "energy_hysteresis was 0.5");
  refused(
      [](SessionOptions& o) {
        o.deadline_us = 1;
        o.step_bound_us = {2, 1, 1, 1};
      },
      "deadline_tier was 1 in the snapshot's session and is 0 in this one");
}

TEST_CASE("a snapshot with any bit flipped or any end cut off is refused", "[session][snapshot]") {
  const Model model = small_model();
  SessionOptions options;
  options.policy = PolicyKind::exact;
  options.replay = 16;
  options.memory = false;
  Session saved = make_session(model, options), session = make_session(model, options);
  for (const std::uint8_t token : stream_of(200, 9)) REQUIRE(saved.step(token));
  const SnapshotBytes good = snapshot_of(saved), before = snapshot_of(session);
  bool all_refused = true;
  for (std::size_t at = 0; at < good.size(); ++at) {
    SnapshotBytes flipped = good;
    flipped[at] ^= static_cast<std::byte>(1 << at % 8);
    all_refused = all_refused && !session.restore(flipped);
    all_refused = all_refused && !session.restore(std::span(good).first(at));
  }
  CHECK(all_refused);
  CHECK(snapshot_of(session) == before);
}

TEST_CASE("content cut off behind a good checksum is refused and changes nothing", "[session][snapshot]") {
  const Model model = small_model();
  SessionOptions options;
  options.memory_bytes = 1u << 18;
  Session saved = make_session(model, options), session = make_session(model, options);
  for (const std::uint8_t token : stream_of(300, 9)) REQUIRE(saved.step(token));
  const SnapshotBytes good = snapshot_of(saved), before = snapshot_of(session);
  Random random(1);
  for (int i = 0; i < 500; ++i) {
    SnapshotBytes cut = good;
    cut.resize(random.next() % good.size() / 8 * 8 + 28);
    if (cut.size() >= good.size()) continue;
    const std::uint64_t size = cut.size();
    std::memcpy(cut.data() + 12, &size, sizeof size);
    fix_checksum(cut);
    const auto restored = session.restore(cut);
    REQUIRE_FALSE(restored.has_value());
    REQUIRE(restored.error().code() == Errc::bad_snapshot);
  }
  CHECK(snapshot_of(session) == before);
  SnapshotBytes longer(good.size() + 5);
  std::ranges::copy(good, longer.begin());
  const std::uint64_t size = longer.size();
  std::memcpy(longer.data() + 12, &size, sizeof size);
  fix_checksum(longer);
  check_refused(session, longer, Errc::bad_snapshot, "5 bytes behind its last field, expected 0");
}

TEST_CASE("a snapshot that does not fit is refused with both sizes", "[session][snapshot]") {
  const Session session = make_session(small_model(), {});
  SnapshotBytes small(session.snapshot_bytes() - 1);
  const auto written = session.snapshot(small);
  REQUIRE_FALSE(written.has_value());
  CHECK(written.error().code() == Errc::buffer_too_small);
  CHECK(std::string(written.error().message()) ==
        "the snapshot needs " + std::to_string(small.size() + 1) + " bytes, out has " + std::to_string(small.size()));
}

}  // namespace
}  // namespace mgt::test
