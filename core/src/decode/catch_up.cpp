#include "decode/catch_up.hpp"

#include <algorithm>

namespace mgt::decode {
namespace {

Position reach_back(const LayerCache& cache, Position from, std::uint64_t distance) noexcept {
  return from - std::min<Position>(from - cache.begin(), distance);
}

/// Calls `work` with batches of those positions in [first, end) that `needed` selects, in ascending order.
template <class Needed, class Compute>
void in_batches(Position first, Position end, Needed needed, Compute work) noexcept {
  Position batch[kMaxBatch];
  std::size_t n = 0;
  for (Position p = first; p < end; ++p) {
    if (!needed(p)) continue;
    batch[n++] = p;
    if (n == kMaxBatch) {
      work(std::span<const Position>(batch, n));
      n = 0;
    }
  }
  if (n > 0) work(std::span<const Position>(batch, n));
}

}  // namespace

void deepen_exactly(LayerRunner& runner, const Context& context, Position first, Position last,
                    std::uint32_t layers) noexcept {
  LayerCache& cache = context.cache;
  const std::uint64_t window_reach = context.window - 1;
  for (std::uint32_t layer = 0; layer < layers; ++layer) {
    const Position states_from = reach_back(cache, first, (layers - 1 - layer) * window_reach);
    const Position kv_from = reach_back(cache, states_from, window_reach);
    in_batches(
        kv_from, states_from, [&](Position p) { return cache.kv_state(layer, p) == KvState::pending; },
        [&](std::span<const Position> batch) { runner.project(context, layer, batch, KvState::exact); });
    in_batches(
        states_from, last + 1, [&](Position p) { return cache.depth(p) <= layer; },
        [&](std::span<const Position> batch) { runner.run(context, layer, batch); });
  }
}

}  // namespace mgt::decode
