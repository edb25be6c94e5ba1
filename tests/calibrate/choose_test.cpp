// Choosing thresholds at a stated risk: the promise is kept on bytes not seen, and it is not kept by never choosing.
#include "calibrate/choose.hpp"

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <numeric>
#include <random>

namespace {

using mgt::cli::LossTable;
using mgt::cli::RiskTarget;

constexpr std::size_t kCandidates = 12;

/// Blocks as gated streams make them: most lose next to nothing, a few lose a lot, and riskier candidates lose more in
/// the same blocks. Candidate c truly loses (c + 1) / 2 %, and takes fewer multiply-adds the riskier it is.
LossTable make_table(std::size_t blocks, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::exponential_distribution<double> tail(1.0);
  std::lognormal_distribution<double> cost(0.0, 0.5);
  LossTable table;
  table.dense.macs = 1'000'000;
  for (std::size_t c = 0; c < kCandidates; ++c) {
    table.candidates.push_back(0.001f * static_cast<float>(c + 1));
    table.gated.push_back({{}, 500'000 - 20'000 * c});
  }
  for (std::size_t b = 0; b < blocks; ++b) {
    const double dense = 100 * cost(random);
    const double heavy = std::pow(tail(random), 2) / 2;  // mean 1, long tail
    table.dense.nats.push_back(dense);
    for (std::size_t c = 0; c < kCandidates; ++c) {
      table.gated[c].nats.push_back(dense + 113.3 * 0.005 * static_cast<double>(c + 1) * heavy);
    }
  }
  return table;
}

std::vector<std::size_t> range(std::size_t from, std::size_t to) {
  std::vector<std::size_t> blocks(to - from);
  std::iota(blocks.begin(), blocks.end(), from);
  return blocks;
}

}  // namespace

TEST_CASE("the chosen thresholds keep their risk on further blocks in 95 of 100 streams", "[calibrate]") {
  const RiskTarget target{.risk = 0.03, .confidence = 0.95};
  int kept = 0, chosen = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const LossTable table = make_table(256, seed);
    const auto choice = mgt::cli::choose_threshold(table, range(0, 128), 128, target);
    if (choice) ++chosen;
    if (!choice || mgt::cli::loss_over(table, choice->candidate, range(128, 256)) <= target.risk) ++kept;
  }
  CHECK(kept >= 95);
  CHECK(chosen >= 95);
}

TEST_CASE("more risk allows cheaper thresholds, no risk allows none", "[calibrate]") {
  const LossTable table = make_table(128, 7);
  const auto all = range(0, 128);
  std::size_t before = 0;
  for (const double risk : {0.02, 0.04, 0.08, 0.5}) {
    const auto choice = mgt::cli::choose_threshold(table, all, 128, {.risk = risk, .confidence = 0.95});
    REQUIRE(choice);
    CHECK(choice->bound <= risk);
    CHECK(choice->candidate >= before);
    before = choice->candidate;
  }
  CHECK(before == kCandidates - 1);
  CHECK_FALSE(mgt::cli::choose_threshold(table, all, 128, {.risk = 0, .confidence = 0.95}));
}

TEST_CASE("the bound lies above the loss and falls with more blocks", "[calibrate]") {
  const LossTable table = make_table(2048, 3);
  const double few = mgt::cli::loss_bound(table, 5, range(0, 64), 64, 0.95);
  const double many = mgt::cli::loss_bound(table, 5, range(0, 2048), 2048, 0.95);
  CHECK(few > mgt::cli::loss_over(table, 5, range(0, 64)));
  CHECK(many > mgt::cli::loss_over(table, 5, range(0, 2048)));
  CHECK(many < few);
  CHECK(many == Catch::Approx(0.03).margin(0.006));  // the true loss is 3 %
  CHECK(mgt::cli::loss_bound(table, 5, range(0, 64), 64, 0.99) > few);
}

TEST_CASE("resampling counts what it says", "[calibrate]") {
  const LossTable table = make_table(256, 1);
  const auto strict = mgt::cli::resample(table, {.risk = 0, .confidence = 0.95}, 20);
  CHECK(strict.rounds == 20);
  CHECK(strict.refused == 20);
  CHECK(strict.kept == 20);
  const auto usual = mgt::cli::resample(table, {.risk = 0.03, .confidence = 0.95}, 100);
  CHECK(usual.kept >= 95);
  CHECK(usual.refused <= 5);
}
