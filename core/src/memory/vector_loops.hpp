// Short loops in the form that compilers turn into vectors: a fixed count, at most one comparison each.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "multiversion.hpp"

namespace mgt::memory {

/// Clamps each of them to [low, high].
template <std::uint32_t n>
void clamp_all(float (&x)[n], float low, float high) noexcept {
  for (std::uint32_t i = 0; i < n; ++i) x[i] = x[i] < low ? low : x[i];
  for (std::uint32_t i = 0; i < n; ++i) x[i] = x[i] > high ? high : x[i];
}

// Not inlined: inside of another loop GCC unrolls loops so short before it looks for vectors.

/// squash() of four.
void squash_4(const float (&logits)[4], float (&probabilities)[4]) noexcept;
/// stretch() of four.
void stretch_4(const float (&probabilities)[4], float* logits) noexcept;

/// Where log-odds fall in a map of 33 cells, -8..8 in halves: between `cell` and the next one, so much of the way.
void place_4(const float (&logits)[4], std::int32_t (&cell)[4], float (&part)[4]) noexcept;

/// The greatest of each 16 of the 256 values in turn.
void tops_of_16(const float* x, float (&tops)[16]) noexcept;

/// The place of the greatest of the 256 values, the lowest of equals.
std::uint32_t find_top(const float* x) noexcept;

/// The sum of 256 values, in one order everywhere.
MGT_WITH_EACH_VERSION float sum_of(const float* x) noexcept {
  float lane[16] = {};
  for (std::uint32_t i = 0; i < 256; i += 16) {
    for (std::uint32_t j = 0; j < 16; ++j) lane[j] += x[i + j];
  }
  float sum = 0;
  for (const float l : lane) sum += l;
  return sum;
}

inline float greatest_of_16(const float (&x)[16]) noexcept {
  float best = x[0];
  for (const float value : x) best = value > best ? value : best;
  return best;
}

/// A value >= 0 with its place, in the order of the values; where equal, the one of the lower place is greater. No key
/// is 0. A double, never a NaN: every target has a maximum of vectors of them, few have one of 64-bit integers.
inline double key_of(float value, std::uint32_t place) noexcept {
  return std::bit_cast<double>(std::uint64_t{std::bit_cast<std::uint32_t>(value)} << 32 | (0xFFFFFFFFu - place));
}
inline std::uint32_t place_of(double key) noexcept {
  return 0xFFFFFFFFu - static_cast<std::uint32_t>(std::bit_cast<std::uint64_t>(key));
}
/// The last two are compared as integers, since engines of WebAssembly choose between numbers by a jump.
inline double greatest_of_4(const double (&keys)[4]) noexcept {
  double high[2];
  for (std::uint32_t i = 0; i < 2; ++i) high[i] = keys[i] > keys[2 + i] ? keys[i] : keys[2 + i];
  return std::bit_cast<double>(std::max(std::bit_cast<std::uint64_t>(high[0]), std::bit_cast<std::uint64_t>(high[1])));
}

}  // namespace mgt::memory
