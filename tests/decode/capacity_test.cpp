// Who gets how much of a layer in window mode at a capacity, and that the work asked for is kept.
#include <catch2/catch_test_macros.hpp>
#include <cstring>

#include "decode/capacity.hpp"
#include "decode/catch_up.hpp"
#include "decode/runner_bench.hpp"
#include "support/tiny_model.hpp"

namespace mgt::decode {
namespace {

constexpr std::uint32_t kTokens = 30;

/// kTokens random tokens in a cache.
class Bench : public RunnerBench {
 public:
  explicit Bench(const Model& model) : RunnerBench(model, kTokens) {
    for (const std::uint32_t token : test::random_tokens(kTokens, 7)) {
      runner.append(cache, static_cast<std::uint8_t>(token));
    }
  }

  WindowShape shape(std::uint32_t layers) { return {kTokens, config().window, layers}; }
  /// Whether both have the position's state after its first layer, alike.
  bool same_first_state(Bench& other, Position p) {
    const std::size_t bytes = config().hidden * sizeof(float);
    return std::memcmp(cache.state(p, 1), other.cache.state(p, 1), bytes) == 0;
  }
};

ModelConfig baseline_config() {
  test::TinyOptions shape;
  shape.n_layers = 4;
  shape.hidden = 256;
  shape.n_heads = shape.n_kv_heads = 4;
  shape.ffn = 1024;
  return test::tiny_config(shape);
}

TEST_CASE("routes reach further back with the attention than with the whole layer", "[decode][capacity]") {
  const WindowShape window = {64, 16, 4};
  const auto first_four = [](const auto& counts) { return std::vector(counts.begin(), counts.begin() + 4); };
  const Routes half = routes_for(baseline_config(), window, 0.5f);
  CHECK(first_four(half.attending) == std::vector<std::uint32_t>{37, 21, 9, 1});
  CHECK(first_four(half.whole) == std::vector<std::uint32_t>{21, 10, 4, 1});
  // Within the last position's window nobody stops at the first layer's attention.
  const Routes few = routes_for(baseline_config(), window, 0.3f);
  CHECK(first_four(few.attending) == std::vector<std::uint32_t>{12, 12, 6, 1});
  CHECK(first_four(few.whole) == std::vector<std::uint32_t>{12, 4, 1, 1});
  const Routes all = routes_for(baseline_config(), window, 1.0f);
  CHECK(first_four(all.attending) == std::vector<std::uint32_t>{46, 31, 16, 1});
  CHECK(first_four(all.whole) == first_four(all.attending));
  const Routes least = routes_for(baseline_config(), window, 0.001f);
  CHECK(first_four(least.attending) == std::vector<std::uint32_t>{1, 1, 1, 1});
}

TEST_CASE("routes are nested and never cost more than was asked for", "[decode][capacity][property]") {
  const ModelConfig c = baseline_config();
  for (const WindowShape window : {WindowShape{64, 16, 4}, {9, 16, 4}, {1, 16, 4}, {64, 8, 3}, {46, 16, 1}}) {
    const std::uint64_t whole = macs_of(c, window, routes_at(window, 1.0f));
    const std::uint64_t least = macs_of(c, window, routes_at(window, 0.0f));
    std::uint64_t before = 0;
    for (std::uint32_t percent = 1; percent <= 100; ++percent) {
      const float capacity = static_cast<float>(percent) / 100;
      const Routes routes = routes_for(c, window, capacity);
      const std::uint64_t macs = macs_of(c, window, routes);
      CHECK((static_cast<double>(macs) <= static_cast<double>(capacity) * static_cast<double>(whole) || macs == least));
      CHECK(macs >= before);
      before = macs;
      for (std::uint32_t layer = 0; layer < window.layers; ++layer) {
        CHECK((routes.whole[layer] >= 1 && routes.whole[layer] <= routes.attending[layer]));
        if (layer == 0) continue;
        CHECK(routes.whole[layer] <= routes.whole[layer - 1]);
        CHECK(routes.attending[layer] <= routes.attending[layer - 1]);
      }
    }
    CHECK(before == whole);
  }
}

TEST_CASE("positions get what their routes say", "[decode][capacity]") {
  test::TinyOptions options;
  const Model model = test::tiny_model(options);
  options.edit_weights = [](test::Weights& weights) {
    for (float& value : weights["blk.0.ffn_down.weight"]) value = 0.0f;
  };
  const Model without_feed_forward = test::tiny_model(options);
  const ModelConfig& c = model.config();
  for (const float capacity : {0.75f, 0.8f, 0.9f}) {
    // Beyond the last position's window a state is that after the first layer, which follows from the bytes: the state
    // of an exact run, of one whose first layer has no feed-forward part, or none at all.
    Bench routed(model), exact(model), silent(without_feed_forward);
    const Position last = kTokens - 1;
    deepen_at_capacity(routed.runner, routed.context(), 3, capacity);
    deepen_exactly(exact.runner, exact.context(), {&last, 1}, 3, nullptr);
    deepen_exactly(silent.runner, silent.context(), {&last, 1}, 3, nullptr);
    const Routes routes = routes_for(c, routed.shape(3), capacity);
    REQUIRE((routes.whole[0] > c.window && routes.whole[0] < routes.attending[0]));
    for (std::uint32_t age = 0; age < kTokens; ++age) {
      const Position p = last - age;
      INFO("capacity " << capacity << ", age " << age);
      REQUIRE(routed.cache.depth(p) == (age == 0                    ? 3
                                        : age < routes.attending[1] ? 2
                                        : age < routes.attending[0] ? 1
                                                                    : 0));
      if (age < c.window || age >= routes.attending[0]) continue;
      REQUIRE(routed.same_first_state(age < routes.whole[0] ? exact : silent, p));
      REQUIRE(!routed.same_first_state(age < routes.whole[0] ? silent : exact, p));
    }
    const std::uint64_t head = std::uint64_t{kVocabSize} * c.hidden;
    CHECK(routed.runner.work().macs + head == macs_of(c, routed.shape(3), routes));
    CHECK(exact.runner.work().macs + head == macs_of(c, exact.shape(3), routes_at(exact.shape(3), 1.0f)));
  }
}

TEST_CASE("capacity 1 gives the bits of the exact window", "[decode][capacity]") {
  const Model model = test::tiny_model();
  const std::uint32_t layers = model.config().n_layers;
  Bench routed(model), exact(model);
  const Position last = kTokens - 1;
  deepen_at_capacity(routed.runner, routed.context(), layers, 1.0f);
  deepen_exactly(exact.runner, exact.context(), {&last, 1}, layers, nullptr);
  const std::size_t bytes = model.config().hidden * sizeof(float);
  CHECK(std::memcmp(routed.cache.state(last, layers), exact.cache.state(last, layers), bytes) == 0);
  CHECK(routed.runner.work().macs == exact.runner.work().macs);
  CHECK(routed.runner.work().layers_run == exact.runner.work().layers_run);
}

}  // namespace
}  // namespace mgt::decode
