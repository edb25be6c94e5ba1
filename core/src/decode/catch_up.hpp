// Exact mode: pays the debt of skipped positions, so that later states equal the dense model's bit for bit.
#pragma once

#include "decode/layer_runner.hpp"

namespace mgt::decode {

/// Brings positions [first, last] to depth `layers`, computing before that, layer by layer and in batches, every
/// earlier state they depend on and no other: layer l is run from first - (layers - 1 - l) * (window - 1) on.
///
/// The context's cache holds only `pending` and `exact` K,V. Positions already deep enough are not computed again.
/// Cost: amortised, at most one execution of each layer per position of the stream.
void deepen_exactly(LayerRunner& runner, const Context& context, Position first, Position last,
                    std::uint32_t layers) noexcept;

}  // namespace mgt::decode
