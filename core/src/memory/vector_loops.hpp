// Short loops in the form that compilers turn into vectors: a fixed count, at most one comparison each.
#pragma once

#include <bit>
#include <cstdint>

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

inline float greatest_of_16(const float (&x)[16]) noexcept {
  float best = x[0];
  for (const float value : x) best = value > best ? value : best;
  return best;
}

/// A value >= 0 as an integer of the same order; where equal, the one of the lower place is greater.
inline std::uint64_t key_of(float value, std::uint32_t place) noexcept {
  return std::uint64_t{std::bit_cast<std::uint32_t>(value)} << 32 | (0xFFFFFFFFu - place);
}
constexpr std::uint32_t place_of(std::uint64_t key) noexcept {
  return 0xFFFFFFFFu - static_cast<std::uint32_t>(key);
}

}  // namespace mgt::memory
