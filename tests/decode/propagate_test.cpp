// Owed K and V are computed when a reader comes; nothing may tell them from K and V projected at once.
#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <memory>

#include "decode/propagate.hpp"
#include "decode/runner_bench.hpp"
#include "support/tiny_model.hpp"

namespace mgt::decode {
namespace {

class Bench : public RunnerBench {
 public:
  using RunnerBench::RunnerBench;

  const float* deepest_state(Position p) { return cache.state(p, cache.depth(p)); }

  /// Fills every layer above `p` at once, as if each were about to be read.
  void project_at_once(Position p) {
    for (std::uint32_t layer = cache.depth(p); layer < config().n_layers; ++layer) {
      runner.project(context(), layer, {&p, 1}, KvState::projected);
    }
  }
};

TEST_CASE("K and V projected on demand have the bits of those projected at once", "[decode][propagate][property]") {
  test::TinyOptions shape;
  shape.n_layers = 4;
  const Model model = test::tiny_model(shape);
  const ModelConfig& c = model.config();
  Bench owing(model, 40);
  Bench eager(model, 40);
  test::Random random(5);
  for (const std::uint32_t token : test::random_tokens(2000, 3)) {
    const std::uint32_t depth = 1 + static_cast<std::uint32_t>(random.next() % (random.next() % 8 == 0 ? 4 : 2));
    const Position p = owing.runner.append(owing.cache, static_cast<std::uint8_t>(token));
    REQUIRE(eager.runner.append(eager.cache, static_cast<std::uint8_t>(token)) == p);
    deepen_by_propagation(owing.runner, owing.context(), {&p, 1}, depth);
    deepen_by_propagation(eager.runner, eager.context(), {&p, 1}, depth);
    eager.project_at_once(p);
    REQUIRE(owing.cache.depth(p) == depth);
    REQUIRE(std::memcmp(owing.deepest_state(p), eager.deepest_state(p), c.hidden * sizeof(float)) == 0);
  }
  CHECK(owing.runner.work().layers_run == eager.runner.work().layers_run);
  CHECK(owing.runner.work().kv_projections < eager.runner.work().kv_projections * 3 / 4);
}

TEST_CASE("A reader pays for the positions of its window and no other", "[decode][propagate]") {
  test::TinyOptions shape;
  shape.n_layers = 2;
  shape.window = 4;
  const Model model = test::tiny_model(shape);
  Bench bench(model, 40);
  for (int i = 0; i < 10; ++i) {
    const Position p = bench.runner.append(bench.cache, 'a');
    deepen_by_propagation(bench.runner, bench.context(), {&p, 1}, 1);
  }
  REQUIRE(bench.runner.work().kv_projections == 0);
  const Position last = bench.runner.append(bench.cache, 'b');
  deepen_by_propagation(bench.runner, bench.context(), {&last, 1}, 2);
  CHECK(bench.runner.work().kv_projections == 3);
  for (Position p = 0; p < last; ++p) {
    CAPTURE(p);
    CHECK(bench.cache.kv_state(1, p) == (p + 3 < last ? KvState::pending : KvState::projected));
  }
}

}  // namespace
}  // namespace mgt::decode
