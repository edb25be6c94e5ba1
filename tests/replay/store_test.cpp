// What the replay store hands over: rows of the same text, never of an equal hash alone.
#include "replay/store.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <map>
#include <string>
#include <vector>

#include "storage.hpp"
#include "support/tiny_model.hpp"

namespace mgt::test {
namespace {

constexpr std::uint32_t kLayers = 3;
constexpr std::uint32_t kHidden = 32;
constexpr std::uint32_t kWindow = 4;
constexpr std::uint32_t kAhead = 16;

/// A store beside the cache it serves, and the whole stream, which neither of them keeps.
struct Rig {
  cache::CacheShape cache_shape{kLayers, kHidden, 8, 64, true};
  replay::StoreShape shape;
  Block cache_block;
  Block store_block;
  cache::LayerCache cache;
  replay::Store store;
  std::string text;

  Rig(std::uint32_t positions, std::uint64_t hash_mask)
      : shape{positions, kLayers, kHidden, 1, kWindow, 64, kAhead, hash_mask},
        cache_block(allocate_block(cache::LayerCache::plan_bytes(cache_shape))),
        store_block(allocate_block(replay::Store::plan_bytes(shape))),
        cache({cache_block.get(), cache::LayerCache::plan_bytes(cache_shape)}, cache_shape, nullptr),
        store({store_block.get(), replay::Store::plan_bytes(shape)}, shape) {}

  cache::Position append(std::uint8_t token, bool lasting = true) {
    const cache::Position p = cache.append(token);
    text.resize(static_cast<std::size_t>(p));
    text.push_back(static_cast<char>(token));
    store.append(p, token, cache.begin(), lasting);
    return p;
  }

  std::string suffix(cache::Position p, std::uint32_t layers) const {
    const std::size_t length = layers * (kWindow - 1) + 1;
    return text.substr(static_cast<std::size_t>(p) + 1 - length, length);
  }
};

/// Computes nothing: "the state" of a text after l layers is a number that no other text and depth has.
class Numbers {
 public:
  float of(const std::string& text, std::uint32_t layers) {
    const auto [at, added] = known_.try_emplace({text, layers}, static_cast<float>(known_.size()));
    return at->second;
  }

 private:
  std::map<std::pair<std::string, std::uint32_t>, float> known_;
};

std::uint8_t repetitive(Random& random, const std::string& text) {
  const std::uint64_t choice = random.next() >> 58;
  if (choice < 4 || text.size() < 100) return static_cast<std::uint8_t>('a' + (random.next() >> 62));
  return static_cast<std::uint8_t>(text[text.size() - 37]);
}

}  // namespace

TEST_CASE("a state taken over is the state of the same text, whatever the hashes", "[replay][property]") {
  const std::uint64_t mask = GENERATE(0ull, 1ull, 0xffull, ~0ull);
  const std::uint32_t positions = GENERATE(16u, 64u, 1024u);
  Rig rig(positions, mask);
  Numbers numbers;
  Random random(mask + positions);
  std::size_t taken = 0;
  bool all_right = true;
  for (int i = 0; i < 20'000; ++i) {
    if (random.next() % 512 == 0) rig.cache.flush();
    const bool lasting = random.next() % 16 != 0;
    const cache::Position p = rig.append(repetitive(random, rig.text), lasting);
    rig.store.take_states(rig.cache, p, kLayers);
    cache::Progress& progress = rig.cache.progress(p);
    for (std::uint32_t l = 1; l <= progress.depth; ++l, ++taken) {
      const float* state = rig.cache.state(p, l);
      all_right = all_right && state[0] == numbers.of(rig.suffix(p, l), l) && state[kHidden - 1] == state[0];
    }
    for (std::uint32_t l = progress.depth + 1u; l < kLayers; ++l) {
      const bool whole = p - rig.cache.begin() + 1 >= l * (kWindow - 1) + 1;
      const float value = whole && p + 1 > l * (kWindow - 1) ? numbers.of(rig.suffix(p, l), l) : -1.0f;
      std::fill_n(rig.cache.state(p, l), kHidden, value);
      progress.depth = static_cast<std::uint8_t>(l);
      rig.store.keep_state(rig.cache, p, l);
    }
    if (!lasting) rig.cache.retract();
  }
  CHECK(all_right);
  if (mask == ~0ull) CHECK(taken > 1000);
}

TEST_CASE("states run ahead of their tokens are kept for the tokens that come and for no others",
          "[replay][property]") {
  const std::uint64_t mask = GENERATE(0ull, 1ull, 0xffull, ~0ull);
  Rig rig(GENERATE(16u, 1024u), mask);
  Numbers numbers;
  Random random(mask + 2);
  std::size_t taken = 0;
  std::size_t came_true = 0;
  bool all_right = true;
  // Takes what is known of p, checks it, and "runs" the rest.
  const auto compute = [&](cache::Position p) {
    rig.store.take_states(rig.cache, p, kLayers);
    cache::Progress& progress = rig.cache.progress(p);
    const auto state_of = [&](std::uint32_t l) {
      const bool whole = p - rig.cache.begin() + 1 >= l * (kWindow - 1) + 1;
      return whole ? numbers.of(rig.suffix(p, l), l) : -1.0f;
    };
    for (std::uint32_t l = 1; l <= progress.depth; ++l, ++taken) {
      all_right = all_right && rig.cache.state(p, l)[0] == state_of(l);
    }
    for (std::uint32_t l = progress.depth + 1u; l <= kLayers; ++l) {
      std::fill_n(rig.cache.state(p, l), kHidden, state_of(l));
      progress.depth = static_cast<std::uint8_t>(l);
      rig.store.keep_state(rig.cache, p, l);
    }
  };
  for (int i = 0; i < 5'000; ++i) {
    std::string tokens;
    std::vector<cache::Position> positions;
    for (std::uint64_t n = 1 + random.next() % kAhead; n > 0; --n) {
      tokens.push_back(static_cast<char>(repetitive(random, rig.text)));
      positions.push_back(rig.append(static_cast<std::uint8_t>(tokens.back()), false));
      rig.cache.progress(positions.back()).ahead = true;
    }
    for (const cache::Position p : positions) compute(p);
    for (std::size_t n = tokens.size(); n > 0; --n) rig.cache.retract();
    rig.text.resize(rig.text.size() - tokens.size());
    const std::size_t n_true = random.next() % (tokens.size() + 1);
    for (std::size_t n = 0; n < n_true; ++n, ++came_true) {
      const cache::Position p = rig.cache.readmit();
      rig.text.push_back(tokens[n]);
      rig.store.append(p, static_cast<std::uint8_t>(tokens[n]), rig.cache.begin(), true);
      rig.store.confirm(rig.cache, p);
      const float deepest = rig.cache.state(p, kLayers)[0];
      rig.cache.confirm(p);
      all_right = all_right && rig.cache.state(p, kLayers)[0] == deepest;
    }
    compute(rig.append(static_cast<std::uint8_t>('a' + (random.next() >> 62))));
  }
  CHECK(all_right);
  CHECK(came_true > 1000);
  if (mask == ~0ull) CHECK(taken > 1000);
}

TEST_CASE("an answer taken over is the answer of the same text, whatever the hashes", "[replay][property]") {
  const std::uint64_t mask = GENERATE(0ull, 0xffull, ~0ull);
  Rig rig(GENERATE(16u, 1024u), mask);
  Numbers numbers;
  Random random(mask + 1);
  std::size_t taken = 0;
  bool all_right = true;
  for (int i = 0; i < 20'000; ++i) {
    if (random.next() % 512 == 0) rig.cache.flush();
    const bool lasting = random.next() % 16 != 0;
    const cache::Position p = rig.append(repetitive(random, rig.text), lasting);
    const auto known = rig.store.take_answer(rig.cache, p);
    const bool whole = p - rig.cache.begin() + 1 >= kLayers * (kWindow - 1) + 1;
    const float value = whole ? numbers.of(rig.suffix(p, kLayers), kLayers) : -1.0f;
    if (known) {
      ++taken;
      all_right = all_right && known->input.scales[0] == value && known->input.zero_points[0] == 3 &&
                  known->input.values[kHidden - 1] == 77 && *known->signature == static_cast<std::uint64_t>(value);
    } else {
      const std::vector<std::uint8_t> values(kHidden, 77);
      const std::int32_t zero_point = 3;
      const auto signature = static_cast<std::uint64_t>(value < 0 ? 0 : value);
      rig.store.keep_answer(p, {values.data(), &value, &zero_point, 64, 1}, &signature);
    }
    if (!lasting) rig.cache.retract();
  }
  CHECK(all_right);
  if (mask == ~0ull) CHECK(taken > 1000);
}

TEST_CASE("states run ahead are found once their tokens have come", "[replay]") {
  Rig rig(64, ~0ull);
  const std::string text = "abcdefgh";
  std::vector<cache::Position> positions;
  for (const char c : text) positions.push_back(rig.append(static_cast<std::uint8_t>(c), false));
  for (const cache::Position p : positions) {
    rig.cache.progress(p) = {.depth = kLayers, .ahead = true};
    for (std::uint32_t l = 1; l <= kLayers; ++l) std::fill_n(rig.cache.state(p, l), kHidden, static_cast<float>(l));
  }
  const auto depth_of_repeat = [&] {
    cache::Position p = 0;
    for (const char c : text) p = rig.append(static_cast<std::uint8_t>(c));
    rig.store.take_states(rig.cache, p, kLayers);
    return rig.cache.depth(p);
  };
  for (std::size_t n = text.size(); n > 0; --n) rig.cache.retract();
  CHECK(depth_of_repeat() == 0);
  for (std::size_t n = text.size(); n > 0; --n) rig.cache.retract();
  for (const char c : text) {
    const cache::Position p = rig.append(static_cast<std::uint8_t>(c));
    rig.cache.progress(p) = {.depth = kLayers, .ahead = true};
    for (std::uint32_t l = 1; l <= kLayers; ++l) std::fill_n(rig.cache.state(p, l), kHidden, static_cast<float>(l));
    rig.store.confirm(rig.cache, p);
    rig.cache.confirm(p);
  }
  REQUIRE(depth_of_repeat() == 2);
  CHECK(rig.cache.state(rig.cache.end() - 1, 2)[0] == 2.0f);
}

TEST_CASE("text under positions that were taken back counts as forgotten", "[replay]") {
  constexpr replay::TextShape kShape{.kept = 64, .ahead = 16, .recent = 16, .longest = 4};
  const Block block = allocate_block(replay::Text::plan_bytes(kShape));
  replay::Text text({block.get(), replay::Text::plan_bytes(kShape)}, kShape);
  text.reset();
  for (cache::Position p = 0; p < 64; ++p) text.append(p, static_cast<std::uint8_t>(p % 8));
  CHECK(text.same(63, 55, 4));
  CHECK(text.same(63, 23, 4));
  for (cache::Position p = 64; p < 80; ++p) text.append(p, static_cast<std::uint8_t>(p % 8));  // over the first 16
  text.append(64, 0);
  CHECK_FALSE(text.same(64, 16, 4));
  CHECK(text.same(64, 24, 4));
}

TEST_CASE("a text that was kept is found, one that was only announced is not", "[replay]") {
  Rig rig(64, ~0ull);
  cache::Position p = 0;
  for (const char c : std::string("abcdefgh")) p = rig.append(static_cast<std::uint8_t>(c));
  rig.store.take_states(rig.cache, p, kLayers);
  CHECK(rig.cache.depth(p) == 0);
  std::fill_n(rig.cache.state(p, 1), kHidden, 7.0f);
  rig.cache.progress(p).depth = 1;
  rig.store.keep_state(rig.cache, p, 1);
  for (const char c : std::string("--efgh")) p = rig.append(static_cast<std::uint8_t>(c));
  rig.store.take_states(rig.cache, p, kLayers);
  CHECK(rig.cache.depth(p) == 1);
  CHECK(rig.cache.state(p, 1)[5] == 7.0f);
  CHECK(rig.store.layers_taken() == 1);
  rig.store.reset();
  rig.cache.reset();
  for (const char c : std::string("abcdefgh")) p = rig.append(static_cast<std::uint8_t>(c));
  rig.store.take_states(rig.cache, p, kLayers);
  CHECK(rig.cache.depth(p) == 0);
}

namespace {

/// Appends `token` as a position of all layers; what is not known already is "computed" and kept.
void run_all_layers(Rig& rig, std::uint8_t token) {
  const cache::Position p = rig.append(token);
  const bool known = rig.store.take_answer(rig.cache, p).has_value();
  if (!known) rig.store.take_states(rig.cache, p, kLayers);
  cache::Progress& progress = rig.cache.progress(p);
  for (std::uint32_t l = progress.depth + 1u; l < kLayers; ++l) {
    progress.depth = static_cast<std::uint8_t>(l);
    rig.store.keep_state(rig.cache, p, l);
  }
  const std::vector<std::uint8_t> values(kHidden, 77);
  const float scale = 1;
  const std::int32_t zero_point = 3;
  const std::uint64_t signature = 5;
  if (!known) rig.store.keep_answer(p, {values.data(), &scale, &zero_point, 64, 1}, &signature);
}

/// Layers taken over while `text` goes through.
std::uint64_t taken_in(Rig& rig, const std::string& text) {
  const std::uint64_t before = rig.store.layers_taken();
  for (const char c : text) run_all_layers(rig, static_cast<std::uint8_t>(c));
  return rig.store.layers_taken() - before;
}

/// No four bytes of it come twice.
std::string without_repeats(int n) {
  std::string text;
  for (int i = 0; i < n; ++i) {
    for (const int part : {200, i >> 6, i & 63}) text.push_back(static_cast<char>(part));
  }
  return text;
}

}  // namespace

TEST_CASE("where nothing comes back for long only the lowest layer is kept, until something does", "[replay]") {
  const std::string phrase = "a phrase that comes back";
  const std::uint64_t first_layer = phrase.size() - (kWindow - 1);
  Rig rig(4096, ~0ull);
  CHECK(taken_in(rig, without_repeats(500)) == 0);
  CHECK(taken_in(rig, phrase) == 0);
  CHECK(taken_in(rig, phrase) == first_layer);
  CHECK(taken_in(rig, phrase) > 2 * first_layer);
}

}  // namespace mgt::test
