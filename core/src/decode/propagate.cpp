#include "decode/propagate.hpp"

#include <algorithm>

namespace mgt::decode {
namespace {

/// Gives K and V of `layer` to every position that `reader` attends to.
void project_owed(LayerRunner& runner, const Context& context, std::uint32_t layer, Position reader) noexcept {
  const LayerCache& cache = context.cache;
  Position owing[kMaxBatch];
  std::size_t n = 0;
  const auto flush = [&] {
    if (n > 0) runner.project(context, layer, {owing, n}, KvState::projected);
    n = 0;
  };
  for (Position p = reader - std::min<Position>(reader - cache.begin(), context.window - 1); p < reader; ++p) {
    if (cache.kv_state(layer, p) != KvState::pending) continue;
    owing[n++] = p;
    if (n == kMaxBatch) flush();
  }
  flush();
}

}  // namespace

void deepen_by_propagation(LayerRunner& runner, const Context& context, std::span<const Position> positions,
                           std::uint32_t layers) noexcept {
  for (std::uint32_t layer = context.cache.depth(positions.front()); layer < layers; ++layer) {
    project_owed(runner, context, layer, positions.front());
    runner.run(context, layer, positions);
  }
}

}  // namespace mgt::decode
