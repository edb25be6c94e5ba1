// The statistics behind mgt eval, on cases whose answer is known.
#include <algorithm>
#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <random>
#include <vector>

#include "app/quantile.hpp"
#include "eval/logistic.hpp"
#include "eval/perceptron.hpp"
#include "eval/ranking.hpp"
#include "eval/switch_signals.hpp"

using Catch::Approx;

TEST_CASE("roc_area counts pairs, ties half", "[eval]") {
  CHECK(mgt::cli::roc_area(std::vector<double>{3, 4}, std::vector<double>{1, 2}) == 1);
  CHECK(mgt::cli::roc_area(std::vector<double>{1, 2}, std::vector<double>{3, 4}) == 0);
  CHECK(mgt::cli::roc_area(std::vector<double>{1, 3}, std::vector<double>{1, 2}) == 0.625);
  CHECK(std::isnan(mgt::cli::roc_area(std::vector<double>{}, std::vector<double>{1})));
}

TEST_CASE("quantile takes the nearest rank", "[eval]") {
  std::vector<float> values{5, 1, 4, 2, 3};
  CHECK(mgt::cli::quantile<float>(values, 0.5) == 3);
  CHECK(mgt::cli::quantile<float>(values, 0.99) == 5);
  CHECK(mgt::cli::quantile<float>(values, 0) == 1);
  CHECK(std::isnan(mgt::cli::quantile<float>({}, 0.5)));
}

TEST_CASE("logistic regression finds the odds that made the events", "[eval]") {
  std::mt19937_64 random(5);
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform;
  const auto truth = [](double a, double b) { return 1 / (1 + std::exp(-(0.5 + 2 * a - b))); };
  std::vector<double> rows;
  std::vector<bool> events;
  for (int i = 0; i < 20000; ++i) {
    const double a = normal(random), b = 3 + 10 * normal(random) / 10;
    rows.insert(rows.end(), {a, b, 7.0});  // a constant column must do no harm
    events.push_back(uniform(random) < truth(a, b));
  }
  const mgt::cli::Logistic model(rows, 3, events);
  for (const auto& [a, b] : {std::pair{0.0, 3.0}, {1.0, 3.0}, {-1.0, 2.0}, {0.5, 4.0}}) {
    CHECK(model(std::vector<double>{a, b, 7.0}) == Approx(truth(a, b)).margin(0.02));
  }
}

TEST_CASE("a perceptron learns what no sum of signals tells, and the same from the same seed", "[eval]") {
  std::mt19937_64 random(6);
  std::normal_distribution<float> normal;
  std::vector<float> rows;
  std::vector<bool> events;
  for (int i = 0; i < 20000; ++i) {
    const float a = normal(random), b = 5 + 3 * normal(random);
    rows.insert(rows.end(), {a, b, 7.0f});
    events.push_back((a > 0) == (b > 5));
  }
  const mgt::cli::Perceptron network(rows, 3, events, 1), again(rows, 3, events, 1), other(rows, 3, events, 2);
  for (const auto& [a, b] : {std::pair{1.0f, 8.0f}, {-1.0f, 2.0f}, {1.0f, 2.0f}, {-1.0f, 8.0f}}) {
    const std::vector<float> row{a, b, 7.0f};
    CHECK((network(row) > 1) == ((a > 0) == (b > 5)));
    CHECK((network(row) < -1) == ((a > 0) != (b > 5)));
    CHECK(network(row) == again(row));
    CHECK(network(row) != other(row));
  }
}

TEST_CASE("signals of a switch rise where another text begins", "[eval]") {
  constexpr std::size_t kBefore = 400, kAfter = 40;
  std::vector<mgt::cli::Signals> steps(kBefore + kAfter);
  std::mt19937 random(8);
  for (std::size_t t = 0; t < steps.size(); ++t) {
    const bool switched = t >= kBefore;
    steps[t].byte = static_cast<std::uint8_t>((switched ? 'A' : 'a') + random() % 8);
    steps[t].exits.resize(1);
    // Of the byte after it, which the memory did not expect once the text has changed.
    const bool next_switched = t + 1 >= kBefore;
    steps[t].memory.cost = 1.0f + static_cast<float>(random() % 100) * 0.001f + (next_switched ? 3.0f : 0.0f);
    steps[t].exits[0].model.cost = 1.0f;
  }
  const mgt::cli::SwitchSignals signals = mgt::cli::switch_signals(steps, 1);
  for (const auto& signal : signals) REQUIRE(signal.size() == steps.size());
  for (const std::size_t rising : {mgt::cli::kHistory, mgt::cli::kHistorySlow, mgt::cli::kHeldHistory,
                                   mgt::cli::kByteCosts, mgt::cli::kPairCosts, mgt::cli::kAgainstPast}) {
    INFO("signal " << rising);
    const float before = *std::max_element(signals[rising].begin() + 100, signals[rising].begin() + kBefore);
    CHECK(signals[rising][kBefore + 3] > before);
  }
  for (const float steady : signals[mgt::cli::kLifFull]) CHECK(steady < 2.0f);
}
