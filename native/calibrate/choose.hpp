// The cheapest threshold whose loss stays within a stated risk, with a bound that holds on bytes not seen yet.
//
// Method: Angelopoulos et al., "Learn then Test: Calibrating Predictive Algorithms to Achieve Risk Control" (2021),
// arXiv:2110.01052, thresholds tested in the order that is known beforehand, from the safest on, with a studentised
// bootstrap over blocks as the test (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, ch. 12), since
// neighbouring bytes of a stream fail together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "calibrate/losses.hpp"

namespace mgt::cli {

/// Everything measured: the dense session's blocks and every candidate's.
struct LossTable {
  std::vector<float> candidates;  ///< GatePolicy::energy_max, rising
  BlockLosses dense;
  std::vector<BlockLosses> gated;  ///< parallel to candidates
};

struct RiskTarget {
  double risk = 0.02;        ///< relative loss in nats per byte: 0.02 is 2 %
  double confidence = 0.95;  ///< of the bound
};

/// Relative loss of `gated` over these blocks: sum of its nats / sum of the dense ones - 1.
double loss_over(const LossTable& table, std::size_t candidate, std::span<const std::size_t> blocks);

/// Upper bound of the loss over another stretch of `horizon` blocks of the same kind, from these blocks. It allows
/// for what chance did to both stretches; one of them being of another kind it cannot know. The same input gives the
/// same bound.
double loss_bound(const LossTable& table, std::size_t candidate, std::span<const std::size_t> blocks,
                  std::size_t horizon, double confidence);

struct Choice {
  std::size_t candidate = 0;
  double bound = 0;  ///< of its loss, from the blocks it was tested on
};

/// The last candidate before the first whose bound passes the risk. None: not even the safest stays within it.
std::optional<Choice> choose_threshold(const LossTable& table, std::span<const std::size_t> blocks, std::size_t horizon,
                                       const RiskTarget& target);

/// How often the promise is kept: random halves of the blocks choose, the other half counts.
struct Resampling {
  std::size_t rounds = 0;
  std::size_t kept = 0;     ///< loss of the other half within the risk
  std::size_t refused = 0;  ///< of these, rounds in which nothing passed and the dense model stays
  double worst_loss = 0;
};
Resampling resample(const LossTable& table, const RiskTarget& target, std::size_t rounds);

}  // namespace mgt::cli
