// Positions gathered to be computed together.
#pragma once

#include <algorithm>

#include "decode/layer_runner.hpp"

namespace mgt::decode {

/// At most kMaxBatch positions of one layer.
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

/// The position `distance` before `from`, or the first of the context.
inline Position reach_back(const LayerCache& cache, Position from, std::uint64_t distance) noexcept {
  return from - std::min<Position>(from - cache.begin(), distance);
}

}  // namespace mgt::decode
