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

}  // namespace mgt::cli
