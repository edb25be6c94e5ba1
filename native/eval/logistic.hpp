// Logistic regression on a handful of signals: the probability of an event from what is known before it.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace mgt::cli {

class Logistic {
 public:
  /// Fits by Newton's method on standardised columns, with a little ridge.
  ///
  /// rows    [n x columns], one after another
  /// events  [n]
  Logistic(std::span<const double> rows, std::size_t columns, const std::vector<bool>& events);

  /// Probability of the event; row has as many signals as the columns of the fit.
  double operator()(std::span<const double> row) const;

  /// The same log-odds as a plain sum: a weight per column, then the constant.
  std::vector<double> plain_weights() const;

 private:
  std::size_t columns_;
  std::vector<double> mean_, deviation_;
  std::vector<double> weights_;  ///< of the standardised columns, then the bias
};

}  // namespace mgt::cli
