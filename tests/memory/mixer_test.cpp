#include "memory/mixer.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <cstring>

#include "memory/certainty.hpp"
#include "memory/scalar_math.hpp"
#include "memory/storage.hpp"

using namespace mgt::memory;
using mgt::test::AlignedStorage;

namespace {

/// A "model" that knows some of the truth: gives `weight` to the byte that comes, the rest to all.
void oracle(std::uint8_t truth, float weight, float* out) {
  for (int i = 0; i < 256; ++i) out[i] = (1 - weight) / 256;
  out[truth] += weight;
}

double run(Mixer& mixer, StreamMemory& memory, const std::string& log, float weight, double* memory_nats) {
  MemoryPrediction p;
  float model[256], out[256];
  double nats = 0;
  *memory_nats = 0;
  for (const char c : log) {
    const auto byte = static_cast<std::uint8_t>(c);
    memory.predict(p);
    oracle(byte, weight, model);
    mixer.mix(2, model, p, p.confidence, out);
    double sum = 0;
    for (const float x : out) {
      if (!(x > 0)) FAIL("not positive");
      sum += x;
    }
    if (std::abs(sum - 1) > 1e-5) FAIL("sum " << sum);
    nats -= std::log(out[byte]);
    *memory_nats -= std::log(p.probabilities[byte]);
    mixer.learn(byte);
    memory.update(byte);
  }
  const auto n = static_cast<double>(log.size());
  *memory_nats /= n;
  return nats / n;
}

}  // namespace

TEST_CASE("the mixture follows the better predictor and is rarely worse than either", "[memory]") {
  const std::string log = mgt::test::sample_log(1500);
  for (const float weight : {0.0f, 0.3f, 0.99f}) {
    MemoryOptions options;
    AlignedStorage storage(StreamMemory::plan_bytes(options)), mixed(Mixer::plan_bytes({}));
    StreamMemory memory(storage.bytes(), options);
    Mixer mixer(mixed.bytes(), {});
    double memory_nats = 0;
    const double nats = run(mixer, memory, log, weight, &memory_nats);
    const double model_nats = -std::log(weight + (1 - weight) / 256);
    INFO("weight " << weight << " mixture " << nats << " memory " << memory_nats << " model " << model_nats);
    CHECK(nats < std::min(memory_nats, model_nats) * 1.05 + 0.02);
  }
}

TEST_CASE("extreme distributions stay distributions", "[memory]") {
  AlignedStorage mixed(Mixer::plan_bytes({}));
  Mixer mixer(mixed.bytes(), {});
  MemoryPrediction p;
  for (int round = 0; round < 2000; ++round) {
    const int sure = round * 7 % 256, model_sure = round * 13 % 256;
    float model[256] = {}, out[256];
    for (float& x : p.probabilities) x = 1e-12f;
    p.probabilities[sure] = 1;
    p.predicted = p.match_byte = static_cast<std::uint8_t>(sure);
    p.confidence = 1;
    p.match_length = static_cast<std::uint32_t>(round % 70);
    model[model_sure] = 1;
    mixer.mix(1, model, p, p.confidence, out);
    double sum = 0;
    for (const float x : out) {
      REQUIRE(x > 0);
      sum += x;
    }
    REQUIRE(std::abs(sum - 1) < 1e-5);
    mixer.learn(static_cast<std::uint8_t>(round * 31 % 256));
  }
}

TEST_CASE("mixing changes nothing learnt: several exits, any order, discard", "[memory]") {
  AlignedStorage a(Mixer::plan_bytes({})), b(Mixer::plan_bytes({}));
  Mixer first(a.bytes(), {}), second(b.bytes(), {});
  MemoryOptions options;
  AlignedStorage storage(StreamMemory::plan_bytes(options));
  StreamMemory memory(storage.bytes(), options);
  MemoryPrediction p;
  float model[256], x[256], y[256];
  for (const char c : mgt::test::sample_log(20)) {
    const auto byte = static_cast<std::uint8_t>(c);
    memory.predict(p);
    oracle(byte, 0.2f, model);
    first.mix(3, model, p, p.confidence, x);
    first.discard();
    first.mix(4, model, p, p.confidence, x);
    first.mix(1, model, p, p.confidence, x);
    second.mix(1, model, p, p.confidence, y);
    second.mix(4, model, p, p.confidence, y);
    second.mix(1, model, p, p.confidence, y);
    REQUIRE(std::memcmp(x, y, sizeof x) == 0);
    first.learn(byte);
    second.learn(byte);
    memory.update(byte);
  }
}

TEST_CASE("steps of a certain memory leave what is learnt at the others alone", "[memory]") {
  AlignedStorage a(Mixer::plan_bytes({})), b(Mixer::plan_bytes({}));
  Mixer dense(a.bytes(), {}), skipping(b.bytes(), {});
  MemoryOptions options;
  AlignedStorage storage(StreamMemory::plan_bytes(options));
  StreamMemory memory(storage.bytes(), options);
  MemoryPrediction p;
  float model[256], x[256], y[256];
  int certain = 0, compared = 0;
  for (const char c : mgt::test::sample_log(300)) {
    const auto byte = static_cast<std::uint8_t>(c);
    memory.predict(p);
    oracle(byte, 0.2f, model);
    dense.mix(1, model, p, p.confidence, x);
    if (p.confidence >= kCertain) {
      ++certain;
    } else {
      skipping.mix(1, model, p, p.confidence, y);
      REQUIRE(std::memcmp(x, y, sizeof x) == 0);
      compared += certain > 0;
    }
    dense.learn(byte);
    skipping.learn(byte);
    memory.update(byte);
  }
  CHECK(certain > 1000);
  CHECK(compared > 1000);
}

TEST_CASE("own exp and ln agree with the library's", "[memory]") {
  for (float x = -20; x < 20; x += 0.01f) {
    REQUIRE(std::abs(exp_of(x) / std::exp(x) - 1) < 1e-6);
    REQUIRE(std::abs(ln_of(std::exp(x)) - x) < 4e-6f + 1e-6f * std::abs(x));
  }
}
