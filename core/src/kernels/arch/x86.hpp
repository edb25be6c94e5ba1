// What the x86 architectures share. Templates over the architecture: each gets its own copy, compiled with its flags.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace mgt::detail {

/// The sum of n activations, n a multiple of 16.
template <class Arch>
std::int32_t sum_of_activations(const std::uint8_t* from, std::size_t n) noexcept {
  __m128i sums = _mm_setzero_si128();
  for (std::size_t i = 0; i < n; i += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i));
    sums = _mm_add_epi64(sums, _mm_sad_epu8(bytes, _mm_setzero_si128()));
  }
  return _mm_cvtsi128_si32(sums) + _mm_extract_epi32(sums, 2);
}

/// The set bits of every nibble, a table for byte shuffles.
template <class Arch>
__m128i bits_of_nibbles() noexcept {
  return _mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
}

}  // namespace mgt::detail
