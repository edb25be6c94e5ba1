// Runs the dense model and every pair of thresholds worth trying over a user's streams.
#pragma once

#include <vector>

#include "calibrate/choose.hpp"

namespace mgt::cli {

/// Blocks of every stream, under the dense model and under each pair. Pairs riskier than one that loses far more than
/// `risk` are left out; which, the blocks that choose_thresholds() tests on have no say in. Shows its progress on
/// stderr. Cost: up to 50 times the streams.
LossTable measure_table(const Model& model, const std::vector<std::vector<std::uint8_t>>& streams,
                        std::size_t block_bytes, KvMode kv, double risk);

}  // namespace mgt::cli
