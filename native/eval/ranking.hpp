// How well scores tell two groups apart, and order statistics.
#pragma once

#include <span>
#include <vector>

namespace mgt::cli {

/// Area under the ROC curve: the probability that a score of `high` is above one of `low`, ties half; NaN where either
/// is empty. O(n log n).
double roc_area(std::span<const double> high, std::span<const double> low);

/// The value that a share `q` of the values do not exceed (nearest rank); NaN where there are none. Reorders them.
double quantile(std::span<float> values, double q);

}  // namespace mgt::cli
