// Hamming distances between one row of bits and many, which lie side by side word by word.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/lanes.hpp"
#include "kernels/table.hpp"

namespace mgt::detail {

/// The set bits of each byte, in that byte. Where `Arch` has nothing better they are counted by pairs, by nibbles, then
/// by bytes.
template <class Arch, class Word>
[[gnu::always_inline]] inline Word bits_per_byte(Word x) noexcept {
  if constexpr (requires { Arch::bits_per_byte(x); }) return Arch::bits_per_byte(x);
  x = x - ((x >> 1) & Word(0x5555555555555555u));
  x = (x & Word(0x3333333333333333u)) + ((x >> 2) & Word(0x3333333333333333u));
  return (x + (x >> 4)) & Word(0x0f0f0f0f0f0f0f0fu);
}

/// The sum of the bytes of each word, all of them together below 2^16.
template <class Arch, class Word>
[[gnu::always_inline]] inline Word sum_of_bytes(Word x) noexcept {
  if constexpr (requires { Arch::sum_of_bytes(x); }) return Arch::sum_of_bytes(x);
  x = (x & Word(0x00ff00ff00ff00ffu)) + ((x >> 8) & Word(0x00ff00ff00ff00ffu));
  x = x + (x >> 32);
  return (x + (x >> 16)) & Word(0xffff);
}

/// The low 16 bits of each word.
template <class Arch, class Word, std::size_t n>
[[gnu::always_inline]] inline void store_low_words(std::uint16_t* to, const Word (&parts)[n]) noexcept {
  if constexpr (requires { Arch::store_low_words(to, parts); }) return Arch::store_low_words(to, parts);
  alignas(64) std::uint64_t words[n * Word::size];
  for (std::size_t part = 0; part < n; ++part) parts[part].store_aligned(words + part * Word::size);
  for (std::size_t i = 0; i < n * Word::size; ++i) to[i] = static_cast<std::uint16_t>(words[i]);
}

template <class Arch>
void hamming(const std::uint64_t* rows, std::size_t stride, const std::uint64_t* own, std::size_t n_words,
             std::size_t count, std::uint16_t* out) noexcept {
  using Words = xsimd::batch<std::uint64_t, typename Arch::Floats>;
  static_assert(kHammingRows % Words::size == 0 && 8 * kHammingWords < 256, "a byte holds the counts of all words");
  constexpr std::size_t kParts = kHammingRows / Words::size;
  for (std::size_t i = 0; i < count; i += kHammingRows) {
    Words parts[kParts];
    for (Words& bytes : parts) bytes = Words(std::uint64_t{0});
    for (std::size_t w = 0; w < n_words; ++w) {
      const std::uint64_t* from = rows + w * stride + i;
      const Words mine(own[w]);
      for (std::size_t part = 0; part < kParts; ++part) {
        parts[part] += bits_per_byte<Arch>(Words::load_unaligned(from + part * Words::size) ^ mine);
      }
    }
    for (Words& bytes : parts) bytes = sum_of_bytes<Arch>(bytes);
    store_low_words<Arch>(out + i, parts);
  }
}

}  // namespace mgt::detail
