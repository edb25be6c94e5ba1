// The order statistic behind every p50 and p99.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

namespace mgt::cli {

/// The value that a share `q` of the values do not exceed (nearest rank); NaN where there are none. Reorders them.
template <class T>
double quantile(std::span<T> values, double q) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  const double rank = std::ceil(q * static_cast<double>(values.size())) - 1;
  const auto at = static_cast<std::size_t>(std::clamp(rank, 0.0, static_cast<double>(values.size() - 1)));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return static_cast<double>(values[at]);
}

}  // namespace mgt::cli
