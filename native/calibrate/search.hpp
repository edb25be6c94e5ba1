// Runs the dense model and every threshold worth trying over a user's streams.
#pragma once

#include <vector>

#include "calibrate/choose.hpp"

namespace mgt::cli {

/// Blocks of every stream, under the dense model and under `base` with each threshold, the safest first, until one
/// loses far more than `risk`. Shows its progress on stderr. Cost: up to 58 times the streams.
LossTable measure_table(const Model& model, const std::vector<std::vector<std::uint8_t>>& streams,
                        const BlockPlan& plan, const GatePolicy& base, double risk);

}  // namespace mgt::cli
