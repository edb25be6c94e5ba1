#include "memory/stream_memory.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <cstring>
#include <memory>

#include "memory/storage.hpp"

using namespace mgt::memory;
using mgt::test::AlignedStorage;

namespace {

struct Score {
  double nats = 0, accuracy = 0, confidence = 0;
};

/// Streams `text` through `memory`, checking every distribution; scores from byte `from` on.
Score stream(StreamMemory& memory, const std::string& text, std::size_t from = 0) {
  Score score;
  auto p = std::make_unique<MemoryPrediction>();
  for (std::size_t t = 0; t < text.size(); ++t) {
    const auto byte = static_cast<std::uint8_t>(text[t]);
    memory.predict(*p);
    float least = 1, best = 0;
    double sum = 0;
    for (const float x : p->probabilities) {
      least = std::min(least, x);
      best = std::max(best, x);
      sum += x;
    }
    if (!(least > 0) || std::abs(sum - 1) > 1e-5) FAIL("byte " << t << ": sum " << sum << ", least " << least);
    if (p->confidence != p->probabilities[p->predicted] || p->confidence < best) FAIL("byte " << t << ": not the top");
    if (t >= from) {
      score.nats -= std::log(p->probabilities[byte]);
      score.accuracy += p->predicted == byte;
      score.confidence += p->confidence;
    }
    memory.update(byte);
  }
  const auto n = static_cast<double>(text.size() - from);
  return {score.nats / n, score.accuracy / n, score.confidence / n};
}

}  // namespace

TEST_CASE("streams of few symbols get distributions", "[memory]") {
  for (const std::size_t symbols : {1, 2, 4, 8, 12, 40}) {
    CAPTURE(symbols);
    std::string text = mgt::test::noise(60'000);
    for (char& c : text) c = static_cast<char>('a' + static_cast<unsigned char>(c) % symbols);
    MemoryOptions options;
    AlignedStorage storage(StreamMemory::plan_bytes(options));
    StreamMemory memory(storage.bytes(), options);
    stream(memory, text);
  }
}

TEST_CASE("a log is learnt, within any budget, and the confidence is honest", "[memory]") {
  const std::string log = mgt::test::sample_log(4000);
  for (const std::size_t budget : {kMinMemoryBytes, std::size_t{1} << 20, std::size_t{4} << 20}) {
    MemoryOptions options;
    options.memory_bytes = budget;
    options.history_bytes = budget == kMinMemoryBytes ? 4096 : 16384;
    REQUIRE(StreamMemory::valid(options));
    REQUIRE(StreamMemory::plan_bytes(options) <= budget);
    AlignedStorage storage(StreamMemory::plan_bytes(options));
    StreamMemory memory(storage.bytes(), options);
    const Score score = stream(memory, log, log.size() / 2);
    CHECK(score.nats < 0.25);
    CHECK(score.accuracy > 0.90);
    CHECK(std::abs(score.accuracy - score.confidence) < 0.02);
    CHECK(memory.position() == log.size());
  }
}

TEST_CASE("noise costs little more than eight bits", "[memory]") {
  MemoryOptions options;
  AlignedStorage storage(StreamMemory::plan_bytes(options));
  StreamMemory memory(storage.bytes(), options);
  CHECK(stream(memory, mgt::test::noise(20'000), 4'000).nats < 5.545 * 1.05);
}

TEST_CASE("an exact repetition is matched, verified and offered as recurrences", "[memory]") {
  MemoryOptions options;
  AlignedStorage storage(StreamMemory::plan_bytes(options));
  StreamMemory memory(storage.bytes(), options);
  const std::string text = mgt::test::noise(40);
  MemoryPrediction p;
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      memory.predict(p);
      if (round > 0 && i > 8) {
        REQUIRE(p.match_length >= 6);
        REQUIRE(p.match_byte == static_cast<std::uint8_t>(text[i]));
        REQUIRE(p.predicted == static_cast<std::uint8_t>(text[i]));
        const Recurrences found = memory.recurrences();
        REQUIRE(found.size >= 1);
        REQUIRE(found.offsets[0] == 40);
        REQUIRE(found.lengths[0] >= 9);
      }
      memory.update(static_cast<std::uint8_t>(text[i]));
    }
  }
}

TEST_CASE("all state lies in the storage; equal streams give equal bits", "[memory]") {
  MemoryOptions options;
  options.memory_bytes = std::size_t{1} << 20;
  const std::size_t n = StreamMemory::plan_bytes(options);
  AlignedStorage a(n), b(n);
  StreamMemory first(a.bytes(), options), second(b.bytes(), options);
  const std::string log = mgt::test::sample_log(300);
  stream(first, log);
  std::memcpy(b.bytes().data(), a.bytes().data(), n);
  MemoryPrediction p, q;
  for (const char c : log) {
    first.predict(p);
    second.predict(q);
    REQUIRE(std::memcmp(p.probabilities, q.probabilities, sizeof p.probabilities) == 0);
    first.update(static_cast<std::uint8_t>(c));
    second.update(static_cast<std::uint8_t>(c));
  }
  first.reset();
  AlignedStorage c(n);
  StreamMemory fresh(c.bytes(), options);
  CHECK(std::memcmp(a.bytes().data(), c.bytes().data(), n) == 0);
}

TEST_CASE("predict alone changes no learnt state", "[memory]") {
  MemoryOptions options;
  AlignedStorage storage(StreamMemory::plan_bytes(options));
  StreamMemory memory(storage.bytes(), options);
  for (const char c : mgt::test::sample_log(200)) memory.update(static_cast<std::uint8_t>(c));
  MemoryPrediction p, q;
  memory.predict(p);
  memory.predict(q);
  CHECK(std::memcmp(p.probabilities, q.probabilities, sizeof p.probabilities) == 0);
}

TEST_CASE("options out of range are refused", "[memory]") {
  MemoryOptions options;
  CHECK(StreamMemory::valid(options));
  options.history_bytes = 65537;
  CHECK_FALSE(StreamMemory::valid(options));
  options.history_bytes = 4u << 20;
  CHECK_FALSE(StreamMemory::valid(options));
  options = {};
  options.memory_bytes = 1000;
  CHECK_FALSE(StreamMemory::valid(options));
}
