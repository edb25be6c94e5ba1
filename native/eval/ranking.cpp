#include "eval/ranking.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mgt::cli {

double roc_area(std::span<const double> high, std::span<const double> low) {
  if (high.empty() || low.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::vector<double> sorted(low.begin(), low.end());
  std::sort(sorted.begin(), sorted.end());
  double won = 0;
  for (const double score : high) {
    const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), score);
    won += static_cast<double>(first - sorted.begin()) + 0.5 * static_cast<double>(last - first);
  }
  return won / (static_cast<double>(high.size()) * static_cast<double>(low.size()));
}

double quantile(std::span<float> values, double q) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  const double rank = std::ceil(q * static_cast<double>(values.size())) - 1;
  const auto at = static_cast<std::size_t>(std::clamp(rank, 0.0, static_cast<double>(values.size() - 1)));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return values[at];
}

}  // namespace mgt::cli
