// The statistics behind mgt eval, on cases whose answer is known.
#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <random>
#include <vector>

#include "eval/logistic.hpp"
#include "eval/ranking.hpp"

using Catch::Approx;

TEST_CASE("roc_area counts pairs, ties half", "[eval]") {
  CHECK(mgt::cli::roc_area(std::vector<double>{3, 4}, std::vector<double>{1, 2}) == 1);
  CHECK(mgt::cli::roc_area(std::vector<double>{1, 2}, std::vector<double>{3, 4}) == 0);
  CHECK(mgt::cli::roc_area(std::vector<double>{1, 3}, std::vector<double>{1, 2}) == 0.625);
  CHECK(std::isnan(mgt::cli::roc_area(std::vector<double>{}, std::vector<double>{1})));
}

TEST_CASE("quantile takes the nearest rank", "[eval]") {
  std::vector<float> values{5, 1, 4, 2, 3};
  CHECK(mgt::cli::quantile(values, 0.5) == 3);
  CHECK(mgt::cli::quantile(values, 0.99) == 5);
  CHECK(mgt::cli::quantile(values, 0) == 1);
  CHECK(std::isnan(mgt::cli::quantile({}, 0.5)));
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
