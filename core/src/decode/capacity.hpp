// Window mode at a capacity: of the positions that a layer would run for, only the youngest share does; the others ride
// the residual. Mixture-of-Depths (Raposo et al. 2024, arXiv:2404.02258) with age as the router.
#pragma once

#include "decode/layer_runner.hpp"

namespace mgt::decode {

/// Brings the last position of the context to depth `layers`. Layer l runs for the youngest ceil(capacity * n)
/// positions of the n that the last one's state depends on there; a position that stops at a depth gives K and V of its
/// last state to the layers above. With capacity 1 the result is deepen_exactly()'s, bit for bit.
///
/// capacity  in (0, 1]
///
/// No position of the context has run a layer yet.
void deepen_at_capacity(LayerRunner& runner, const Context& context, std::uint32_t layers, float capacity) noexcept;

}  // namespace mgt::decode
