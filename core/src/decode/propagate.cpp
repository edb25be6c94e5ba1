#include "decode/propagate.hpp"

#include "decode/batch.hpp"

namespace mgt::decode {
namespace {

/// Gives K and V of `layer` to every position that `reader` attends to.
void project_owed(LayerRunner& runner, const Context& context, std::uint32_t layer, Position reader) noexcept {
  Batch batch;
  const auto flush = [&] {
    if (!batch.empty()) runner.project(context, layer, batch.positions(), KvState::projected);
    batch.clear();
  };
  for (Position p = reach_back(context.cache, reader, context.window - 1); p < reader; ++p) {
    if (context.cache.kv_state(layer, p) != KvState::pending) continue;
    batch.add(p);
    if (batch.full()) flush();
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
