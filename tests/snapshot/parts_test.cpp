// Every part of a session by itself: restored into another object, it continues as the first one does.
#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <string>

#include "graph/coherence.hpp"
#include "memory/mixer.hpp"
#include "memory/storage.hpp"
#include "memory/stream_memory.hpp"
#include "replay/store.hpp"
#include "spike/lif_spike.hpp"
#include "support/snapshots.hpp"
#include "support/tiny_model.hpp"

namespace mgt::test {
namespace {

/// A part in storage of its own.
template <class Part, class Options>
struct Owned {
  explicit Owned(const Options& options) : storage(Part::plan_bytes(options)), part(storage.bytes(), options) {}
  AlignedStorage storage;
  Part part;
};

/// Bytes of `from` into `to`, which then writes the same bytes.
template <class Part, class... More>
void hand_over(Part& from, Part& to, More... more) {
  const SnapshotBytes bytes = saved(from, more...);
  const auto error = restored(to, bytes, more...);
  INFO((error ? error->message() : ""));
  REQUIRE_FALSE(error);
  CHECK(saved(to, more...) == bytes);
  // A field less is an error, and so is a field more.
  CHECK(restored(to, std::span(bytes).first(bytes.size() - 1), more...).has_value());
  REQUIRE_FALSE(restored(to, bytes, more...));
}

TEST_CASE("LifSpike continues from a snapshot", "[snapshot][spike]") {
  Owned<spike::LifSpike, spike::SpikeOptions> first({}), second({});
  Random random(1);
  for (int i = 0; i < 400; ++i) {
    if (i % 50 == 0) hand_over(first.part, second.part);
    const float nats = (random.uniform() + 1) * (i % 90 < 30 ? 6.0f : 1.0f);
    const spike::SpikeReading a = first.part.push(nats), b = second.part.push(nats);
    CHECK(a.fired == b.fired);
    CHECK(a.rate_q15 == b.rate_q15);
    CHECK(a.novelty_q15 == b.novelty_q15);
    CHECK(a.potential_q16 == b.potential_q16);
  }
}

TEST_CASE("Coherence continues from a snapshot, wherever its rooms stand", "[snapshot][graph]") {
  const Model model = tiny_model();
  AlignedStorage storage(graph::Coherence::plan_bytes(model.data())), other(storage.size);
  graph::Coherence first(model.data(), storage.bytes()), second(model.data(), other.bytes());
  Random random(2);
  std::uint64_t signature = 0;
  std::uint8_t byte = 0;
  for (int i = 0; i < 3000; ++i) {
    if (i % 37 == 0) hand_over(first, second);
    if (random.next() % 3 == 0) byte = static_cast<std::uint8_t>(random.next() % (i < 1500 ? 4 : 200));
    signature ^= std::uint64_t{1} << random.next() % 64;
    const bool computed = random.next() % 5 != 0;
    first.push(byte, computed ? &signature : nullptr);
    second.push(byte, computed ? &signature : nullptr);
    const GatePacket& a = first.packet();
    const GatePacket& b = second.packet();
    REQUIRE(a.lambda == b.lambda);
    REQUIRE(a.lambda_prev == b.lambda_prev);
    REQUIRE(a.boundary_edges == b.boundary_edges);
    REQUIRE(a.boundary_concentration_q15 == b.boundary_concentration_q15);
    REQUIRE(a.partition_count == b.partition_count);
  }
}

TEST_CASE("StreamMemory continues from a snapshot, past the turn of its history", "[snapshot][memory]") {
  memory::MemoryOptions options;
  options.memory_bytes = memory::kMinMemoryBytes;
  options.history_bytes = 4096;
  Owned<memory::StreamMemory, memory::MemoryOptions> first(options), second(options);
  const std::string text = sample_log(100) + noise(500) + sample_log(60);
  REQUIRE(text.size() > 2 * options.history_bytes);
  memory::MemoryPrediction a, b;
  Random random(4);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool learns = random.next() % 50 != 0;  // a byte may come without a prediction before it
    if (learns) first.part.predict(a);
    if (random.next() % 400 == 0) hand_over(first.part, second.part);
    if (i == 0) hand_over(first.part, second.part);
    first.part.update(static_cast<std::uint8_t>(text[i]));
    second.part.update(static_cast<std::uint8_t>(text[i]));
    first.part.predict(a);
    second.part.predict(b);
    REQUIRE(std::memcmp(a.probabilities, b.probabilities, sizeof a.probabilities) == 0);
    REQUIRE(a.confidence == b.confidence);
    REQUIRE(a.match_length == b.match_length);
  }
  CHECK(saved(first.part) == saved(second.part));
}

TEST_CASE("Mixer continues from a snapshot between mixing and learning", "[snapshot][memory]") {
  memory::MixerOptions options;
  options.n_exits = 3;
  Owned<memory::Mixer, memory::MixerOptions> first(options), second(options);
  Random random(5);
  memory::MemoryPrediction prediction{};
  float model[256], a[256], b[256];
  for (int step = 0; step < 600; ++step) {
    float sums[2] = {};
    for (int i = 0; i < 256; ++i) {
      model[i] = random.uniform() + 1.001f + (i == step % 7 ? 200.0f : 0.0f);
      prediction.probabilities[i] = random.uniform() + 1.001f + (i == step % 5 ? 400.0f : 0.0f);
      sums[0] += model[i];
      sums[1] += prediction.probabilities[i];
    }
    for (int i = 0; i < 256; ++i) {
      model[i] /= sums[0];
      prediction.probabilities[i] /= sums[1];
    }
    prediction.predicted = static_cast<std::uint8_t>(step % 5);
    prediction.confidence = prediction.probabilities[step % 5];
    prediction.letters = random.next() % 2 != 0;
    const float certainty = random.next() % 2 != 0 ? 1.0f : 0.0f;
    for (std::uint32_t exit = 1; exit <= 3; ++exit) {
      if (random.next() % 2 == 0) continue;
      first.part.mix(exit, model, prediction, certainty, a);
      if (step > 0) second.part.mix(exit, model, prediction, certainty, b);
      if (step > 0) REQUIRE(std::memcmp(a, b, sizeof a) == 0);
    }
    if (step % 40 == 0) hand_over(first.part, second.part);
    const auto byte = static_cast<std::uint8_t>(random.next() % 8);
    first.part.learn(byte);
    second.part.learn(byte);
  }
}

TEST_CASE("LayerCache comes back with what its positions left", "[snapshot][cache]") {
  const cache::CacheShape shape{.n_layers = 3, .hidden = 32, .kv_dim = 32, .capacity = 11, .replays = true};
  AlignedStorage storage(cache::LayerCache::plan_bytes(shape)), other(cache::LayerCache::plan_bytes(shape));
  cache::LayerCache first(storage.bytes(), shape, nullptr), second(other.bytes(), shape, nullptr);
  Random random(6);
  const auto fill = [&](float* row, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) row[i] = random.uniform();
  };
  for (int i = 0; i < 200; ++i) {
    if (i % 61 == 60) first.flush();
    const cache::Position p = first.append(static_cast<std::uint8_t>(random.next()));
    cache::Progress& progress = first.progress(p);
    progress.depth = static_cast<std::uint8_t>(random.next() % 4);
    progress.replayed = static_cast<std::uint8_t>(std::min<std::uint64_t>(random.next() % 3, progress.depth));
    for (std::uint32_t layers = 1; layers <= progress.depth; ++layers) fill(first.state(p, layers), shape.hidden);
    for (std::uint32_t layer = 0; layer < shape.n_layers; ++layer) {
      if (random.next() % 2 == 0) continue;
      fill(first.kv_row(layer, p), 2 * std::size_t{shape.kv_dim});
      first.set_kv_state(layer, p, cache::KvState::exact);
    }
    if (i % 23 == 0) first.retract();
    hand_over(first, second);
    REQUIRE(second.begin() == first.begin());
    REQUIRE(second.end() == first.end());
    for (cache::Position q = first.begin(); q < first.end(); ++q) {
      REQUIRE(second.token(q) == first.token(q));
      REQUIRE(second.depth(q) == first.depth(q));
      for (std::uint32_t layers = 1; layers <= first.depth(q); ++layers) {
        REQUIRE(std::memcmp(second.state(q, layers), first.state(q, layers), shape.hidden * sizeof(float)) == 0);
      }
      for (std::uint32_t layer = 0; layer < shape.n_layers; ++layer) {
        REQUIRE(second.kv_state(layer, q) == first.kv_state(layer, q));
        if (first.kv_state(layer, q) != cache::KvState::exact) continue;
        REQUIRE(std::memcmp(second.kv_row(layer, q), first.kv_row(layer, q), first.kv_row_bytes()) == 0);
      }
    }
  }
}

TEST_CASE("LayerCache refuses rows by byte where there is no table of them", "[snapshot][cache]") {
  const cache::CacheShape shape{.n_layers = 1, .hidden = 32, .kv_dim = 32, .capacity = 4};
  AlignedStorage storage(cache::LayerCache::plan_bytes(shape)), other(cache::LayerCache::plan_bytes(shape));
  const std::vector<float> table(256 * 64);
  cache::LayerCache with_table(storage.bytes(), shape, table.data());
  cache::LayerCache without(other.bytes(), shape, nullptr);
  with_table.set_kv_state(0, with_table.append(65), cache::KvState::table);
  const SnapshotBytes bytes = saved(with_table);
  const auto error = restored(without, bytes);
  REQUIRE(error);
  CHECK(std::string(error->message()) == "cache.kv_state is 3 in the snapshot, allowed are 0 to 1");
  CHECK_FALSE(restored(with_table, bytes));
}

TEST_CASE("the replay store finds the same rows after a snapshot", "[snapshot][replay]") {
  const replay::StoreShape shape{
      .positions = 32, .n_layers = 3, .hidden = 32, .signature_words = 1, .window = 3, .recent = 40};
  const cache::CacheShape cache_shape{.n_layers = 3, .hidden = 32, .kv_dim = 32, .capacity = 40, .replays = true};
  AlignedStorage storage(replay::Store::plan_bytes(shape)), other(replay::Store::plan_bytes(shape));
  AlignedStorage cache_storage(cache::LayerCache::plan_bytes(cache_shape)),
      other_cache(cache::LayerCache::plan_bytes(cache_shape));
  replay::Store first(storage.bytes(), shape), second(other.bytes(), shape);
  cache::LayerCache a(cache_storage.bytes(), cache_shape, nullptr), b(other_cache.bytes(), cache_shape, nullptr);
  Random random(7);
  std::vector<std::uint8_t> row(64);
  const float scale = 0.5f;
  const std::int32_t zero = 3;
  std::size_t found = 0;
  for (int i = 0; i < 4000; ++i) {
    if (i % 100 == 0) {
      hand_over(first, second, a.begin(), a.end());
      hand_over(a, b);
    }
    const bool repeats = i < 1000 || i >= 2500;  // between them the store comes to rest and wakes again
    const auto token = static_cast<std::uint8_t>(random.next() % (repeats ? 3 : 256));
    const bool lasting = random.next() % 20 != 0;
    const cache::Position p = a.append(token);
    REQUIRE(b.append(token) == p);
    first.append(p, token, a.begin(), lasting);
    second.append(p, token, b.begin(), lasting);
    first.take_states(a, p, 3);
    second.take_states(b, p, 3);
    REQUIRE(a.progress(p).replayed == b.progress(p).replayed);
    for (std::uint32_t layers = 1; layers <= a.progress(p).replayed; ++layers) {
      REQUIRE(std::memcmp(a.state(p, layers), b.state(p, layers), 32 * sizeof(float)) == 0);
    }
    for (std::uint32_t layers = a.depth(p) + 1u; layers <= 3; ++layers) {
      for (auto* cache : {&a, &b}) {
        for (int k = 0; k < 32; ++k)
          cache->state(p, layers)[k] = static_cast<float>(p % 1000) + static_cast<float>(layers);
        cache->progress(p).depth = static_cast<std::uint8_t>(layers);
      }
      first.keep_state(a, p, layers);
      second.keep_state(b, p, layers);
    }
    const auto known = first.take_answer(a, p), same = second.take_answer(b, p);
    REQUIRE(known.has_value() == same.has_value());
    if (known) {
      ++found;
      REQUIRE(std::memcmp(known->input.values, same->input.values, 32) == 0);
      REQUIRE(*known->signature == *same->signature);
    } else {
      for (auto& q : row) q = static_cast<std::uint8_t>(random.next() % 128);
      const std::uint64_t signature = random.next();
      first.keep_answer(p, {row.data(), &scale, &zero, 64, 1}, &signature);
      second.keep_answer(p, {row.data(), &scale, &zero, 64, 1}, &signature);
    }
    if (!lasting) {
      a.retract();
      b.retract();
    }
  }
  CHECK(found > 50);
  CHECK(saved(first, a.begin(), a.end()) == saved(second, b.begin(), b.end()));
}

}  // namespace
}  // namespace mgt::test
