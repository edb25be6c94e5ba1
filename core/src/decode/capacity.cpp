#include "decode/capacity.hpp"

#include <algorithm>

#include "decode/batch.hpp"

namespace mgt::decode {
namespace {

constexpr std::uint32_t kSteps = 1024;  // values of v above 0 that are tried

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

/// Positions before the last that its state depends on in `layer`.
std::uint32_t field_behind(const WindowShape& shape, std::uint32_t layer) noexcept {
  const std::uint64_t reach = std::uint64_t{shape.layers - 1 - layer} * (shape.window - 1);
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(shape.n_positions - 1, reach));
}

}  // namespace

Routes routes_at(const WindowShape& shape, float v) noexcept {
  Routes routes;
  float share = v;  // v^(layer + 1)
  for (std::uint32_t layer = 0; layer < shape.layers; ++layer) {
    const auto behind = static_cast<float>(field_behind(shape, layer));
    std::uint32_t attending = 1 + static_cast<std::uint32_t>(behind * share);
    share *= v;
    routes.whole[layer] = 1 + static_cast<std::uint32_t>(behind * (share * share));
    if (layer > 0) {
      attending = std::min(attending, routes.attending[layer - 1]);
    } else if (routes.whole[0] < shape.window) {
      attending = routes.whole[0];
    }
    routes.attending[layer] = attending;
  }
  return routes;
}

std::uint64_t macs_of(const ModelConfig& config, const WindowShape& shape, const Routes& routes) noexcept {
  const std::uint64_t hidden = config.hidden;
  const std::uint64_t feed_forward = 2 * hidden * config.ffn;
  std::uint64_t macs = kVocabSize * hidden;
  for (std::uint32_t layer = 0; layer < shape.layers; ++layer) {
    const std::uint32_t attending = routes.attending[layer];
    macs += attending * hidden * hidden + routes.whole[layer] * feed_forward;
    if (layer == 0) continue;  // its Q, K and V are looked up by byte
    const std::uint32_t riding = std::min(shape.n_positions - attending, shape.window - 1);
    macs += attending * hidden * config.qkv_width() + riding * hidden * 2 * config.kv_dim();
  }
  return macs;
}

Routes routes_for(const ModelConfig& config, const WindowShape& shape, float capacity) noexcept {
  const auto at = [&](std::uint32_t k) { return routes_at(shape, static_cast<float>(k) / kSteps); };
  const auto macs_at = [&](std::uint32_t k) { return static_cast<double>(macs_of(config, shape, at(k))); };
  const double budget = static_cast<double>(capacity) * macs_at(kSteps);
  std::uint32_t low = 0;  // the last k that is known to fit, or 0; more positions never cost less
  for (std::uint32_t high = kSteps + 1; high - low > 1;) {
    const std::uint32_t middle = low + (high - low) / 2;
    (macs_at(middle) <= budget ? low : high) = middle;
  }
  return at(low);
}

void deepen_at_capacity(LayerRunner& runner, const Context& context, std::uint32_t layers, float capacity) noexcept {
  const LayerCache& cache = context.cache;
  const Position end = cache.end();
  const WindowShape shape = {static_cast<std::uint32_t>(end - cache.begin()), context.window, layers};
  const Routes routes = routes_for(runner.config(), shape, capacity);
  for (std::uint32_t layer = 0; layer < layers; ++layer) {
    const Position attending = end - routes.attending[layer];
    const Position whole = end - routes.whole[layer];
    for_each_batch(reach_back(cache, attending, context.window - 1), attending,
                   [&](auto positions) { runner.project(context, layer, positions, KvState::projected); });
    for_each_batch(attending, whole,
                   [&](auto positions) { runner.run(context, layer, positions, LayerPart::attention); });
    for_each_batch(whole, end, [&](auto positions) { runner.run(context, layer, positions); });
  }
}

}  // namespace mgt::decode
