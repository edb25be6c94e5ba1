// Window mode at a capacity: old positions get less of a layer than young ones, so that a window costs a given share of
// its multiply-adds. Mixture-of-Depths (Raposo et al. 2024, arXiv:2404.02258) with age as the router, asked once for
// the attention and once for the feed-forward part.
#pragma once

#include <array>
#include <cstdint>

#include "decode/layer_runner.hpp"

namespace mgt::decode {

/// What each layer does for the last position's sake: for its youngest `whole` positions all of it, for older ones up
/// to the `attending` youngest the attention alone; the others ride the residual and give K and V of their last state.
/// Both counts are at least 1, `whole` is at most `attending`, and neither grows from a layer to the next.
struct Routes {
  std::array<std::uint32_t, kMaxLayers> attending{};
  std::array<std::uint32_t, kMaxLayers> whole{};
};

/// A context as far as routing knows it.
struct WindowShape {
  std::uint32_t n_positions = 0;  ///< at least 1
  std::uint32_t window = 0;       ///< attention window in tokens, at least 1
  std::uint32_t layers = 0;       ///< depth asked for, in [1, n_layers]
};

/// The routes at one number v in [0, 1]. Of the n positions before the last that the last one's state depends on in
/// layer l, floor(n * v^(l+1)) attend and floor(n * v^(2l+4)) run the whole layer. The powers are products in float32:
/// the same counts on every target. Only positions beyond the last one's window stop at the first layer's attention;
/// while whole[0] is less than that window, nobody does, and who has not run the first layer runs no other.
///
/// Why this shape: attention is a third of a layer's work (a ninth in the first, whose Q, K and V are looked up) and
/// brings what is far away, so it reaches further back than the feed-forward part; and the further up a layer is, the
/// fewer positions read what it says of an old one. But a state without any feed-forward part that the last position
/// reads itself is worse than the token's embedding, which models are trained to read. docs/decisions/window-mode.md
/// has the figures.
Routes routes_at(const WindowShape& shape, float v) noexcept;

/// Multiply-adds of a window on these routes: the matrices of the layers and the head, as LayerRunner counts them.
std::uint64_t macs_of(const ModelConfig& config, const WindowShape& shape, const Routes& routes) noexcept;

/// The routes of the largest v = k / 1024 at which a window takes at most `capacity` of the multiply-adds that it takes
/// with all of its positions; if there is none, those of v = 0, where every layer runs for the last position alone.
///
/// capacity  in (0, 1]; 1 leaves nobody out
///
/// Cost: some ten evaluations of macs_of(), each a few operations per layer.
Routes routes_for(const ModelConfig& config, const WindowShape& shape, float capacity) noexcept;

/// Brings the last position of the context to depth `layers` on routes_for() the capacity. With capacity 1 the result
/// is deepen_exactly()'s, bit for bit.
///
/// No position of the context has run a layer yet.
void deepen_at_capacity(LayerRunner& runner, const Context& context, std::uint32_t layers, float capacity) noexcept;

}  // namespace mgt::decode
