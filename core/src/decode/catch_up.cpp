#include "decode/catch_up.hpp"

#include <algorithm>

namespace mgt::decode {
namespace {

using cache::Progress;

Position reach_back(const LayerCache& cache, Position from, std::uint64_t distance) noexcept {
  return from - std::min<Position>(from - cache.begin(), distance);
}

/// Positions of one layer that are computed together.
class Batch {
 public:
  void add(Position p) noexcept { positions_[n_++] = p; }
  bool full() const noexcept { return n_ == kMaxBatch; }
  bool empty() const noexcept { return n_ == 0; }
  void clear() noexcept { n_ = 0; }
  std::span<const Position> positions() const noexcept { return {positions_, n_}; }

 private:
  Position positions_[kMaxBatch];
  std::size_t n_ = 0;
};

/// One catch-up: first what is wanted, from the youngest position to the oldest; then the work, layer by layer.
class CatchUp {
 public:
  CatchUp(LayerRunner& runner, const Context& context, replay::Store* store) noexcept
      : runner_(runner), context_(context), cache_(context.cache), store_(store) {}

  void run(std::span<const Position> positions, std::uint32_t layers) noexcept {
    for (const Position p : positions) cache_.progress(p).wanted = static_cast<std::uint8_t>(layers);
    oldest_ = positions.front();
    youngest_ = positions.back();
    for (Position next = youngest_ + 1; next > oldest_; --next) ask_for_context(next - 1);
    for (std::uint32_t layer = 0; layer < layers; ++layer) {
      project_context(layer);
      run_layer(layer);
    }
    for (Position p = oldest_; p <= youngest_; ++p) cache_.progress(p).wanted = 0;
  }

 private:
  bool runs(Position p, std::uint32_t layer) const noexcept {
    const Progress& progress = cache_.progress(p);
    return progress.wanted > layer && progress.depth == layer;
  }

  /// Layers that `p` has to run want K and V of its window: what is pending there must come as far as that layer.
  void ask_for_context(Position p) noexcept {
    const std::uint32_t wanted = cache_.progress(p).wanted;
    if (wanted <= cache_.depth(p)) return;
    if (store_ != nullptr) store_->take_states(cache_, p, wanted);
    const std::uint32_t depth = cache_.depth(p);
    if (depth == wanted) return;
    for (Position q = reach_back(cache_, p, context_.window - 1); q < p; ++q) {
      std::uint32_t layer = wanted - 1;
      while (layer > depth && cache_.kv_state(layer, q) != KvState::pending) --layer;
      std::uint8_t& asked = cache_.progress(q).wanted;
      if (layer <= asked || cache_.kv_state(layer, q) != KvState::pending) continue;
      asked = static_cast<std::uint8_t>(layer);
      oldest_ = std::min(oldest_, q);
    }
  }

  /// K and V of `layer` for positions that do not run it but stand in the window of one that does.
  void project_context(std::uint32_t layer) noexcept {
    Batch batch;
    const auto flush = [&] {
      if (!batch.empty()) runner_.project(context_, layer, batch.positions(), KvState::exact);
      batch.clear();
    };
    Position reader = 0;  // the nearest position behind p that runs the layer
    bool has_reader = false;
    const Position first = reach_back(cache_, oldest_, context_.window - 1);
    for (Position next = youngest_ + 1; next > first; --next) {
      const Position p = next - 1;
      if (runs(p, layer)) {
        reader = p;
        has_reader = true;
        continue;
      }
      if (!has_reader || reader - p >= context_.window || cache_.kv_state(layer, p) != KvState::pending) continue;
      batch.add(p);
      if (batch.full()) flush();
    }
    flush();
  }

  void run_layer(std::uint32_t layer) noexcept {
    Batch batch;
    const auto flush = [&] {
      if (batch.empty()) return;
      if (store_ != nullptr) {
        for (const Position p : batch.positions()) store_->prepare_state(cache_, p, layer + 1);
      }
      runner_.run(context_, layer, batch.positions());
      if (store_ != nullptr) {
        for (const Position p : batch.positions()) store_->keep_state(cache_, p, layer + 1);
      }
      batch.clear();
    };
    for (Position p = oldest_; p <= youngest_; ++p) {
      if (!runs(p, layer)) continue;
      batch.add(p);
      if (batch.full()) flush();
    }
    flush();
  }

  LayerRunner& runner_;
  const Context& context_;
  LayerCache& cache_;
  replay::Store* store_;
  Position oldest_ = 0;
  Position youngest_ = 0;
};

}  // namespace

void deepen_exactly(LayerRunner& runner, const Context& context, std::span<const Position> positions,
                    std::uint32_t layers, replay::Store* store) noexcept {
  CatchUp(runner, context, store).run(positions, layers);
}

}  // namespace mgt::decode
