// The shipped models against the float32 reference in Python, on 16 kB of held-out text.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cmath>
#include <numeric>

#include "mgt/session.hpp"
#include "model/dense_forward.hpp"
#include "support/golden.hpp"
#include "support/shipped.hpp"

namespace mgt::test {
namespace {

constexpr double kMostExtraNats = 0.004;

double mean(std::span<const float> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// A shipped file and what the reference says about its weights.
struct Shipped {
  std::string model, golden;
  double least_same_top1;
};

// What 7 bits per activation leave of the best guesses of float32.
const Shipped kMicro{"micro-q8_0", "micro", 0.97};
const Shipped kBaseline{"baseline-q8_0", "baseline", 0.975};
const Shipped kBaselineInt4{"baseline-q4_0", "baseline-q4_0", 0.97};
const Shipped kBaselineMixed{"baseline-q4_q8", "baseline-q4_q8", 0.97};

Golden golden_of(const Shipped& shipped) {
  return Golden(std::string(MGT_GOLDEN_DIR) + "/" + shipped.golden + ".golden");
}

TEST_CASE("every exit is as good as the float32 reference", "[session][reference]") {
  const Shipped shipped = GENERATE(kMicro, kBaseline, kBaselineInt4, kBaselineMixed);
  const Model model = load_shipped(shipped.model);
  const Golden golden = golden_of(shipped);
  const auto text = golden.array<std::uint8_t>("text");
  const auto nats = golden.array<float>("nats");
  const auto top1 = golden.array<std::uint8_t>("top1");
  const std::size_t n = text.size() - 1;
  const auto dense = detail::dense_forward(model.data(), kernels(), text, model.config().window).value();
  for (std::uint32_t exit = 0; exit < model.config().n_layers; ++exit) {
    double engine_nats = 0;
    std::size_t same = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const auto logits = dense.logits_at(exit, i);
      engine_nats += surprise(logits, text[i + 1]) / static_cast<double>(n);
      const auto top = std::max_element(logits.begin(), logits.end()) - logits.begin();
      same += static_cast<std::size_t>(top == top1[exit * n + i]);
    }
    const double reference_nats = mean(std::span(nats).subspan(exit * n, n));
    const double agreement = static_cast<double>(same) / static_cast<double>(n);
    INFO(shipped.model << " exit " << exit + 1 << ": engine " << engine_nats << ", reference " << reference_nats
                       << " nats per byte, same top-1 " << agreement);
    CHECK(engine_nats <= reference_nats + kMostExtraNats);
    CHECK(agreement >= shipped.least_same_top1);
  }
}

TEST_CASE("propagated exits and skips follow the reference", "[session][reference]") {
  const Shipped shipped = GENERATE(kMicro, kBaseline, kBaselineInt4, kBaselineMixed);
  const Model model = load_shipped(shipped.model);
  const Golden golden = golden_of(shipped);
  const auto text = golden.array<std::uint8_t>("text");
  const auto depth = golden.array<std::uint8_t>("depth");
  const auto nats = golden.array<float>("depth_nats");
  const std::uint32_t n_layers = model.config().n_layers;

  SessionOptions options;
  options.kv = KvMode::propagate;
  options.memory = false;
  auto session = Session::create(model, options);
  REQUIRE(session.has_value());
  double engine = 0;
  double reference = 0;
  std::size_t compared = 0;
  for (std::size_t i = 0; i + 1 < depth.size(); ++i) {
    // Tiers reach 0, 1, half and all of the layers; the pattern's other depths cannot be asked for.
    const bool full = depth[i] == n_layers;
    const bool half = depth[i] == std::max(1u, n_layers / 2);
    StepInput input;
    input.token = text[i];
    input.tier = full ? Tier::full : half ? Tier::reduced : depth[i] == 1 ? Tier::safe : Tier::skip;
    REQUIRE((full || half || depth[i] <= 1));
    const auto view = session->step(input);
    if (depth[i] == 0) continue;
    engine += surprise(view->logits(), text[i + 1]);
    reference += static_cast<double>(nats[i]);
    ++compared;
  }
  INFO(shipped.model << ": engine " << engine / static_cast<double>(compared) << ", reference "
                     << reference / static_cast<double>(compared));
  CHECK(std::abs(engine - reference) / static_cast<double>(compared) < kMostExtraNats);
}

}  // namespace
}  // namespace mgt::test
