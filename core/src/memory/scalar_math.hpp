// exp, ln and their kin from float32 + - * / and comparisons alone: the same bits on every target, and loops over them
// vectorise.
#pragma once

#include <bit>
#include <cstdint>

namespace mgt::memory {

inline float clamp(float x, float low, float high) noexcept {
  return x < low ? low : x > high ? high : x;
}

/// e^x for x in [-80, 80]; relative error below 3e-7.
inline float exp_within(float x) noexcept {
  const float shifted = x * 1.44269504f + 12582912.0f;  // 1.5 * 2^23: the sum rounds to an integer, ties to even
  const float n = shifted - 12582912.0f;
  const float r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  const std::int32_t exponent = std::bit_cast<std::int32_t>(shifted) - 0x4B400000;
  return p * std::bit_cast<float>((exponent + 127) << 23);
}

/// e^x for x clamped to [-80, 80].
inline float exp_of(float x) noexcept {
  x = x < -80.0f ? -80.0f : x;
  return exp_within(x > 80.0f ? 80.0f : x);
}

/// ln x for normal positive x; absolute error below 3e-7 near 1, relative below 3e-7 elsewhere.
inline float ln_of(float x) noexcept {
  const std::int32_t bits = std::bit_cast<std::int32_t>(x);
  const std::int32_t exponent = (bits - 0x3F3504F3) >> 23;  // mantissa in [sqrt(1/2), sqrt(2))
  const float m = std::bit_cast<float>(bits - (exponent << 23));
  const float e = static_cast<float>(exponent);
  const float f = m - 1.0f;
  const float z = f * f;
  float p = 7.0376836292e-2f;
  p = p * f - 1.1514610310e-1f;
  p = p * f + 1.1676998740e-1f;
  p = p * f - 1.2420140846e-1f;
  p = p * f + 1.4249322787e-1f;
  p = p * f - 1.6668057665e-1f;
  p = p * f + 2.0000714765e-1f;
  p = p * f - 2.4999993993e-1f;
  p = p * f + 3.3333331174e-1f;
  const float tail = f * z * p + e * -2.12194440e-4f - 0.5f * z;
  return (f + tail) + e * 0.693359375f;
}

/// Probability of a log-odds value.
inline float squash(float logit) noexcept {
  return 1.0f / (1.0f + exp_of(-logit));
}

/// Log-odds of a probability in (0, 1).
inline float stretch(float probability) noexcept {
  return ln_of(probability / (1.0f - probability));
}

}  // namespace mgt::memory
