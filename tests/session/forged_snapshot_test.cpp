// A snapshot with a good checksum whose parts were never together: it gives wrong answers, not harm.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "memory/storage.hpp"
#include "memory/stream_memory.hpp"
#include "support/sessions.hpp"
#include "support/snapshots.hpp"
#include "support/tiny_model.hpp"

namespace mgt::test {
namespace {

/// What a session's memory writes behind one byte; predicting: after the prediction that follows it.
SnapshotBytes memory_part(const SessionOptions& options, std::uint8_t byte, bool predicting) {
  memory::MemoryOptions shape;
  shape.memory_bytes = options.memory_bytes;
  while (!memory::StreamMemory::valid(shape)) shape.history_bytes /= 2;
  AlignedStorage storage(memory::StreamMemory::plan_bytes(shape));
  memory::StreamMemory memory(storage.bytes(), shape);
  memory.update(byte);
  memory::MemoryPrediction prediction;
  if (predicting) memory.predict(prediction);
  return saved(memory);
}

}  // namespace

TEST_CASE("a forged memory that never predicted gives the same answer in any session", "[session][snapshot]") {
  const Model model = tiny_model();
  SessionOptions options;
  options.memory_bytes = 1u << 18;
  Session writer = make_session(model, options);
  StepInput input;
  input.token = 'a';
  input.tier = Tier::skip;
  REQUIRE(writer.step(input));
  SnapshotBytes forged = snapshot_of(writer);
  const SnapshotBytes honest = memory_part(options, 'a', true), silent = memory_part(options, 'a', false);
  REQUIRE(honest.size() == silent.size());
  const auto place = std::search(forged.begin(), forged.end(), honest.begin(), honest.end());
  REQUIRE(place != forged.end());
  std::copy(silent.begin(), silent.end(), place);
  fix_checksum(forged);

  Session fresh = make_session(model, options), used = make_session(model, options);
  for (const std::uint8_t token : random_tokens(300, 6)) REQUIRE(used.step(token));
  REQUIRE(fresh.restore(forged));
  REQUIRE(used.restore(forged));
  const auto a = fresh.logits(), b = used.logits();
  REQUIRE(a->witness->tier == Tier::full);
  CHECK(same_bits(a->probabilities, b->probabilities));
}

}  // namespace mgt::test
