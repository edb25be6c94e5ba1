// Activations to 7 bits with a zero point, one scale per token.
#pragma once

#include "kernels/lanes.hpp"

namespace mgt::detail {

template <class Arch>
void quantize_u7(const float* x, std::size_t n, std::uint8_t* q, float* scale, std::int32_t* zero_point) noexcept {
  using L = Lanes<Arch>;
  using Floats = FloatBatch<Arch>;
  L low = L::broadcast(0.0f);
  L high = L::broadcast(0.0f);
  for (std::size_t i = 0; i < n; i += kLanes) {
    const L v = L::load(x + i);
    low = min_of(v, low);
    high = max_of(v, high);
  }
  const float lowest = low.lowest();
  const float range = high.highest() - lowest;
  float inverse = 127.0f / range;
  float zero = 0.0f;
  if (inverse <= kLargestFloat) {
    zero = (-lowest * inverse + kRoundMagic) - kRoundMagic;
    zero = zero > 0.0f ? zero : 0.0f;
    zero = zero < 127.0f ? zero : 127.0f;
    *scale = range / 127.0f;
  } else {  // all zero, or so near to it that the inverse overflows
    inverse = 0.0f;
    *scale = 0.0f;
  }
  *zero_point = static_cast<std::int32_t>(zero);

  static constexpr float kHighest = kRoundMagic + 127.0f;
  const Floats least = constant<Arch>(kRoundMagic), most = constant<Arch>(kHighest);
  const auto to_u7 = [&](Floats v) {
    const Floats shifted = (v * Floats(inverse) + least) + Floats(zero);  // the integer, in the low bits
    return min_of<Arch>(max_of<Arch>(shifted, least), most);
  };
  for (std::size_t i = 0; i < n; i += kLanes) Arch::store_low_bytes(q + i, L::load(x + i).map(to_u7));
}

}  // namespace mgt::detail
