#include "decode/capacity.hpp"

#include <cmath>

#include "decode/batch.hpp"

namespace mgt::decode {
namespace {

/// Calls f with the positions [first, end), batch by batch.
template <class F>
void for_each_batch(Position first, Position end, F f) noexcept {
  Batch batch;
  for (Position p = first; p < end; ++p) {
    batch.add(p);
    if (!batch.full() && p + 1 < end) continue;
    f(batch.positions());
    batch.clear();
  }
}

}  // namespace

void deepen_at_capacity(LayerRunner& runner, const Context& context, std::uint32_t layers, float capacity) noexcept {
  const LayerCache& cache = context.cache;
  const Position end = cache.end();
  const std::uint32_t reach = context.window - 1;
  for (std::uint32_t layer = 0; layer < layers; ++layer) {
    // The field narrows from layer to layer, so whoever runs one has run those below.
    const Position field = end - reach_back(cache, end - 1, std::uint64_t{layers - 1 - layer} * reach);
    const Position running = static_cast<Position>(std::ceil(static_cast<float>(field) * capacity));
    const Position first = end - running;
    for_each_batch(reach_back(cache, first, reach), first, [&](std::span<const Position> positions) {
      runner.project(context, layer, positions, KvState::projected);
    });
    for_each_batch(first, end, [&](std::span<const Position> positions) { runner.run(context, layer, positions); });
  }
}

}  // namespace mgt::decode
