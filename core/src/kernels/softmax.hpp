// Softmax of a row of floats whose length is a multiple of 16.
#pragma once

#include "kernels/exp_log.hpp"

namespace mgt::detail {

/// The highest of n floats; NaN is passed over.
template <class Arch>
[[gnu::always_inline]] inline float highest_of(const float* x, std::size_t n) noexcept {
  using L = Lanes<Arch>;
  L highest = L::broadcast(-kLargestFloat);
  for (std::size_t i = 0; i < n; i += kLanes) highest = max_of(L::load(x + i), highest);
  return highest.highest();
}

template <class Arch>
[[gnu::always_inline]] inline Lanes<Arch> exp_of(const Lanes<Arch>& x) noexcept {
  return x.map([](FloatBatch<Arch> v) { return exp_of<Arch>(v); });
}

template <class Arch>
void softmax(const float* logits, std::size_t n, float* probabilities) noexcept {
  using L = Lanes<Arch>;
  const L highest = L::broadcast(highest_of<Arch>(logits, n));
  L sum = L::broadcast(0.0f);
  for (std::size_t i = 0; i < n; i += kLanes) {
    const L e = exp_of(L::load(logits + i) - highest);
    e.store(probabilities + i);
    sum = sum + e;
  }
  const L total = L::broadcast(sum.total());
  for (std::size_t i = 0; i < n; i += kLanes) (L::load(probabilities + i) / total).store(probabilities + i);
}

}  // namespace mgt::detail
