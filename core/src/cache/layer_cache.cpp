#include "cache/layer_cache.hpp"

#include <algorithm>

#include "storage.hpp"

namespace mgt::cache {

std::size_t LayerCache::plan_bytes(const CacheShape& s) noexcept {
  const std::size_t n = s.capacity;
  return aligned_size(n * s.states_kept() * s.hidden * sizeof(float)) +
         aligned_size(n * s.n_layers * 2 * s.kv_dim * sizeof(float)) + aligned_size(n * s.n_layers * sizeof(KvState)) +
         aligned_size(n) + aligned_size(n * sizeof(Progress));
}

LayerCache::LayerCache(std::span<std::byte> storage, const CacheShape& shape, const float* skip_table) noexcept
    : shape_(shape), skip_table_(skip_table) {
  Carver carver(storage);
  const std::size_t n = shape.capacity;
  states_ = carver.array<float>(n * shape.states_kept() * shape.hidden);
  kv_ = carver.array<float>(n * shape.n_layers * 2 * shape.kv_dim);
  kv_states_ = carver.array<KvState>(n * shape.n_layers);
  tokens_ = carver.array<std::uint8_t>(n);
  progress_ = carver.array<Progress>(n);
}

void LayerCache::reset() noexcept {
  begin_ = 0;
  end_ = 0;
  lap_ = 0;
}

Position LayerCache::append(std::uint8_t token) noexcept {
  const Position p = end_++;
  begin_ = std::max(begin_, end_ - std::min<Position>(end_, shape_.capacity));
  if (p == lap_ + shape_.capacity) lap_ = p;
  tokens_[slot(p)] = token;
  progress_[slot(p)] = {};
  for (std::uint32_t layer = 0; layer < shape_.n_layers; ++layer) set_kv_state(layer, p, KvState::pending);
  return p;
}

void LayerCache::confirm(Position p) noexcept {
  Progress& progress = progress_[slot(p)];
  if (!progress.ahead) return;
  const float* deepest = state(p, progress.depth);
  progress.ahead = false;
  float* place = state(p, progress.depth);
  if (place != deepest) std::copy_n(deepest, shape_.hidden, place);
}

const float* LayerCache::readable_kv_row(std::uint32_t layer, Position p) const noexcept {
  const std::size_t row_floats = std::size_t{2} * shape_.kv_dim;
  if (kv_state(layer, p) == KvState::table) {
    return skip_table_ + (std::size_t{layer} * kVocabSize + token(p)) * row_floats;
  }
  return kv_ + (std::size_t{layer} * shape_.capacity + slot(p)) * row_floats;
}

}  // namespace mgt::cache
