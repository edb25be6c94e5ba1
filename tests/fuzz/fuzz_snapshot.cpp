// Snapshots from an adversary who knows how to make the checksum right. What is refused changes nothing; what is taken
// is a session that goes on without harm, and whose own snapshot can be restored.
//
// An input is not a snapshot but a list of edits to one of several good ones, so that 100 bytes reach any field of a
// snapshot of 150 kB: kind of session, then (offset, action, value) over and over.
#include <fuzzer/FuzzedDataProvider.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "../support/snapshots.hpp"
#include "mgt/session.hpp"
#include "small_model.hpp"

namespace {

using namespace mgt;
using fuzz::require;
using Input = FuzzedDataProvider;
using test::SnapshotBytes;

constexpr std::size_t kMaxInput = 4096;
constexpr std::size_t kSizeAt = 12;

SessionOptions options_of(std::size_t kind) {
  SessionOptions o;
  o.memory_bytes = 1u << 18;
  o.memory = kind % 2 == 0;
  o.coherence = kind != 3;
  if (kind / 2 == 0) {
    o.policy = PolicyKind::exact;
    o.replay = 16;
  } else {
    o.policy = PolicyKind::standard;
  }
  return o;
}

/// A session, a good snapshot of one like it, and the snapshot that the session stands at.
struct Kind {
  explicit Kind(const Model& model, std::size_t kind) : session(make(model, kind)) {
    const auto tokens = test::random_tokens(40, kind);
    for (int round = 0; round < 5; ++round) {
      for (const std::uint8_t token : tokens) require(session.step(token).has_value());
    }
    require(session.infer(std::span(tokens).first(10)).has_value());
    good = test::snapshot_of(session);
  }
  static Session make(const Model& model, std::size_t kind) {
    auto session = Session::create(model, options_of(kind));
    require(session.has_value());
    return *std::move(session);
  }

  Session session;
  SnapshotBytes good;
};

/// Numbers that have broken readers before.
constexpr std::array<std::uint64_t, 20> kNumbers = {
    0,          1,          2,          3,          7,          8,          9,          32,         255,   256,
    0x7f800000, 0x7fc00000, 0xff800000, 0x7f7fffff, 0xff7fffff, 0x80000000, 0xffffffff, 1ull << 62, ~0ull, 0xffff};

/// One edit: a byte, a number, a stretch repeated, removed or inserted.
void edit(SnapshotBytes& bytes, Input& in) {
  const std::size_t at = in.ConsumeIntegral<std::uint32_t>() % (bytes.size() - snapshot::kChecksumBytes);
  const auto place = bytes.begin() + static_cast<std::ptrdiff_t>(at);
  switch (in.ConsumeIntegralInRange(0, 5)) {
    case 0:
      bytes[at] = in.ConsumeIntegral<std::uint8_t>() == 0 ? std::byte{}
                                                          : static_cast<std::byte>(in.ConsumeIntegral<std::uint8_t>());
      return;
    case 1:
      bytes[at] ^= static_cast<std::byte>(1u << in.ConsumeIntegralInRange(0, 7));
      return;
    case 2:
    case 3: {
      const std::uint64_t value =
          in.ConsumeBool() ? in.PickValueInArray(kNumbers) : in.ConsumeIntegral<std::uint64_t>();
      const std::size_t width = std::size_t{1} << in.ConsumeIntegralInRange(0, 3);
      if (at + width <= bytes.size()) std::memcpy(bytes.data() + at, &value, width);
      return;
    }
    case 4: {
      const std::size_t n =
          std::min<std::size_t>(in.ConsumeIntegralInRange(1, 64), bytes.size() - at - snapshot::kChecksumBytes);
      bytes.erase(place, place + static_cast<std::ptrdiff_t>(n));
      return;
    }
    default:
      bytes.insert(place, in.ConsumeIntegralInRange<std::size_t>(1, 64),
                   static_cast<std::byte>(in.ConsumeIntegral<std::uint8_t>()));
  }
}

/// Whatever was taken, the session goes on: every call works, and it writes a snapshot that it takes back.
void check_alive(Session& session, Input& in) {
  const auto tokens = test::random_tokens(24, in.ConsumeIntegral<std::uint8_t>());
  if (const auto answer = session.logits(); !answer) require(answer.error().code() == Errc::empty_input);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    StepInput input;
    input.token = tokens[i];
    if (i % 3 == 0) input.tier = static_cast<Tier>(i / 3 % 4);
    const auto view = session.step(input);
    require(view.has_value() && view->witness->hash == seal(*view->witness));
  }
  require(session.prefill(tokens).has_value());
  require(session.infer(std::span(tokens).first(9)).has_value());
  for (const std::uint8_t token : tokens) require(session.step(token).has_value());
  require(session.push(tokens).has_value() && session.logits().has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > kMaxInput) return 0;
  static const Model model = fuzz::small_model();
  static std::array<Kind, 4> kinds{Kind(model, 0), Kind(model, 1), Kind(model, 2), Kind(model, 3)};
  Input in(data, size);
  const auto which = in.ConsumeIntegralInRange<std::size_t>(0, 3);
  Kind& kind = kinds[which];
  SnapshotBytes bytes = kind.good;
  const bool fix_size = in.ConsumeIntegralInRange(0, 15) != 0;
  const bool fix_checksum = in.ConsumeIntegralInRange(0, 15) != 0;
  for (int n = in.ConsumeIntegralInRange(1, 12); n > 0 && bytes.size() > 64; --n) edit(bytes, in);
  const std::uint64_t whole = bytes.size();
  if (fix_size) std::memcpy(bytes.data() + kSizeAt, &whole, sizeof whole);
  if (fix_checksum) test::fix_checksum(bytes);

  if (in.ConsumeIntegralInRange(0, 7) == 0) {  // into a session that never saw a byte
    Session fresh = Kind::make(model, which);
    if (fresh.restore(bytes)) check_alive(fresh, in);
    return 0;
  }
  // Often a session that is in use; what it stands at must outlast a refusal.
  const auto restored = kind.session.restore(bytes);
  if (!restored) {
    const Errc code = restored.error().code();
    require(code == Errc::bad_snapshot || code == Errc::snapshot_version || code == Errc::snapshot_mismatch);
    require(std::strlen(restored.error().message()) > 0);
    require(kind.session.snapshot_bytes() == kind.good.size());
    if (whole % 32 == 0) require(test::snapshot_of(kind.session) == kind.good);
    return 0;
  }
  const SnapshotBytes taken = test::snapshot_of(kind.session);
  require(!taken.empty() && kind.session.restore(taken).has_value());
  require(test::snapshot_of(kind.session) == taken);
  check_alive(kind.session, in);
  require(kind.session.restore(test::snapshot_of(kind.session)).has_value());
  require(kind.session.restore(kind.good).has_value());
  return 0;
}
