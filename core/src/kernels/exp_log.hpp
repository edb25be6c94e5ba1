// exp and ln of a register of floats; same operations in the same order as the scalar reference.
#pragma once

#include "kernels/lanes.hpp"

namespace mgt::detail {

/// Relative error below 2e-7 for x in [kExpMin, kExpMax]; x outside, or NaN, counts as the nearer end (NaN: kExpMin).
template <class Arch>
[[gnu::always_inline]] inline FloatBatch<Arch> exp_of(FloatBatch<Arch> x) noexcept {
  using Floats = FloatBatch<Arch>;
  using Ints = IntBatch<Arch>;
  x = min_of<Arch>(max_of<Arch>(x, constant<Arch>(kExpMin)), constant<Arch>(kExpMax));
  const Floats shifted = x * constant<Arch>(kLog2E) + constant<Arch>(kRoundMagic);
  const Floats n = shifted - constant<Arch>(kRoundMagic);
  const Floats r = (x - n * constant<Arch>(kLn2High)) - n * constant<Arch>(kLn2Low);
  Floats y = constant<Arch>(kExpPolynomial[0]);
  for (int k = 1; k < 6; ++k) y = y * r + constant<Arch>(kExpPolynomial[k]);
  y = (y * (r * r) + r) + Floats(1.0f);
  const Ints power = (xsimd::bitwise_cast<std::int32_t>(shifted) << 23) + Ints(0x3f800000);
  return y * xsimd::bitwise_cast<float>(power);
}

/// ln of max(x, smallest normal); x may be NaN, which counts as that minimum.
template <class Arch>
[[gnu::always_inline]] inline FloatBatch<Arch> log_of(FloatBatch<Arch> x) noexcept {
  using Floats = FloatBatch<Arch>;
  using Ints = IntBatch<Arch>;
  const Ints bits = xsimd::bitwise_cast<std::int32_t>(max_of<Arch>(x, constant<Arch>(kSmallestNormal)));
  const Ints exponent = (bits - Ints(static_cast<std::int32_t>(kSqrtHalfBits))) >> 23;
  const Floats m = xsimd::bitwise_cast<float>(bits - (exponent << 23)) - Floats(1.0f);
  const Floats e = xsimd::to_float(exponent);
  const Floats z = m * m;
  Floats y = constant<Arch>(kLogPolynomial[0]);
  for (int k = 1; k < 9; ++k) y = y * m + constant<Arch>(kLogPolynomial[k]);
  y = (y * m) * z;
  y = y + e * constant<Arch>(kLn2Low);
  y = y - z * Floats(0.5f);
  return (m + y) + e * constant<Arch>(kLn2High);
}

template <class Arch>
void log(const float* x, std::size_t n, float* out) noexcept {
  for (std::size_t i = 0; i < n; i += kLanes) {
    Lanes<Arch>::load(x + i).map([](FloatBatch<Arch> v) { return log_of<Arch>(v); }).store(out + i);
  }
}

}  // namespace mgt::detail
