// A small neural network that tells an event from its absence by many signals that depend on each other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace mgt::cli {

/// One hidden layer of rectified units on standardised columns, one log-odds out.
class Perceptron {
 public:
  /// Minimises the logistic loss with Adam (Kingma and Ba, 2015) over shuffled batches; the same seed gives the same
  /// network.
  ///
  /// rows    [n x columns], one after another
  /// events  [n]
  Perceptron(std::span<const float> rows, std::size_t columns, const std::vector<bool>& events, std::uint32_t seed);

  /// Log-odds of the event; row has as many signals as the columns of the fit.
  float operator()(std::span<const float> row) const;

 private:
  static constexpr std::size_t kHidden = 24;

  /// Where parts of weights_ begin; the hidden units' come first.
  std::size_t biases_at() const { return kHidden * columns_; }
  std::size_t output_at() const { return biases_at() + kHidden; }

  /// Means and deviations of the columns of n rows.
  void measure(std::span<const float> rows, std::size_t n);
  void start(std::mt19937& random);
  /// Adds what one standardised row says, times `share`.
  void add_gradient(const float* row, bool event, float share, std::span<float> gradient) const;
  void standardise(std::span<const float> row, float* out) const;
  /// Log-odds of a standardised row; `active` receives the hidden units.
  float forward(const float* row, float* active) const;

  std::size_t columns_;
  std::vector<float> mean_, scale_;
  std::vector<float> weights_;  ///< [hidden x columns], [hidden] biases, [hidden] output weights, output bias
};

}  // namespace mgt::cli
