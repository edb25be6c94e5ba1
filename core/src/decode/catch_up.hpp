// Exact mode: pays the debt of skipped positions, so that later states equal the dense model's bit for bit.
#pragma once

#include "decode/layer_runner.hpp"
#include "replay/store.hpp"

namespace mgt::decode {

/// Brings `positions` (ascending, at most kMaxBatch) to depth `layers`, computing before that, layer by layer and in
/// batches, every earlier state and K,V that they depend on and no other.
///
/// store  where states that were computed before are looked up first, and those computed now are kept; may be nullptr
///
/// The context's cache holds only `pending` and `exact` K,V. Positions already deep enough are not computed again.
/// Cost: amortised, at most one execution of each layer per position of the stream.
void deepen_exactly(LayerRunner& runner, const Context& context, std::span<const Position> positions,
                    std::uint32_t layers, replay::Store* store) noexcept;

}  // namespace mgt::decode
