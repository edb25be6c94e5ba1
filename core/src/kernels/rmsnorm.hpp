// Root-mean-square normalisation.
#pragma once

#include "kernels/lanes.hpp"

namespace mgt::detail {

template <class Arch>
void rmsnorm(const float* x, const float* weight, std::size_t n, float eps, float* out) noexcept {
  using L = Lanes<Arch>;
  L squares = L::broadcast(0.0f);
  for (std::size_t i = 0; i < n; i += kLanes) {
    const L v = L::load(x + i);
    squares = squares + v * v;
  }
  const L r = L::broadcast(1.0f / __builtin_sqrtf(squares.total() / static_cast<float>(n) + eps));
  for (std::size_t i = 0; i < n; i += kLanes) ((L::load(x + i) * r) * L::load(weight + i)).store(out + i);
}

}  // namespace mgt::detail
