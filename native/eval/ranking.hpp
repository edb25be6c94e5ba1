// How well scores tell two groups apart.
#pragma once

#include <span>
#include <vector>

namespace mgt::cli {

/// Area under the ROC curve: the probability that a score of `high` is above one of `low`, ties half; NaN where either
/// is empty. O(n log n).
double roc_area(std::span<const double> high, std::span<const double> low);

}  // namespace mgt::cli
