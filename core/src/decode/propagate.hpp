// Propagate mode: what a position left above its exit is K and V of its last state, computed when a reader comes.
#pragma once

#include "decode/layer_runner.hpp"

namespace mgt::decode {

/// Brings `positions` (neighbours, ascending, at most kMaxBatch, all of one depth) to depth `layers`. Before each
/// layer, in batches, K and V that earlier positions still owe inside the first one's window are projected from their
/// deepest states: most exits are never read that deep, and a batch reads the weights once.
///
/// Every earlier position has left `table` rows or at least one executed layer.
void deepen_by_propagation(LayerRunner& runner, const Context& context, std::span<const Position> positions,
                           std::uint32_t layers) noexcept;

}  // namespace mgt::decode
