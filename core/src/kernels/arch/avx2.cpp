// x86-64 with AVX2: products pairwise in 16 bits (exact: activations have 7 bits), then in 32.
#include <immintrin.h>

#include "kernels/arch/tables.hpp"
#include "kernels/arch/x86.hpp"
#include "kernels/generic.hpp"

namespace mgt::detail {
namespace {

struct Avx2 {
  using Floats = xsimd::fma3<xsimd::avx2>;
  static constexpr bool kMaxKeepsFirst = false;

  using Sums = __m256i;
  using Activations = __m256i;
  static constexpr BlockShape kInt8OneToken = {1, 2, 1, 4};
  static constexpr BlockShape kInt8ActiveColumns = {4, 2, 1};
  static constexpr BlockShape kInt8ManyTokens = {1, 2, 4};
  static constexpr BlockShape kInt4OneToken = {1, 2, 1};
  static constexpr BlockShape kInt4ActiveColumns = {2, 2, 1};
  static constexpr BlockShape kInt4ManyTokens = {1, 2, 2};

  static Sums zero() noexcept { return _mm256_setzero_si256(); }
  static __m256i weights(const std::int8_t* from) noexcept {
    return _mm256_load_si256(reinterpret_cast<const __m256i*>(from));
  }
  static Activations broadcast(const std::uint8_t* from) noexcept {
    int four;
    __builtin_memcpy(&four, from, 4);
    return _mm256_set1_epi32(four);
  }
  static Sums multiply_add(Sums sums, __m256i w, Activations a) noexcept {
    return _mm256_add_epi32(sums, _mm256_madd_epi16(_mm256_maddubs_epi16(a, w), _mm256_set1_epi16(1)));
  }

  static Sums splat(std::uint32_t x) noexcept { return _mm256_set1_epi32(static_cast<int>(x)); }
  static Sums bit_and(Sums a, Sums b) noexcept { return _mm256_and_si256(a, b); }

  static xsimd::batch<std::uint64_t, Floats> bits_per_byte(xsimd::batch<std::uint64_t, Floats> x) noexcept {
    const __m256i of_nibble = _mm256_broadcastsi128_si256(bits_of_nibbles<Avx2>());
    const __m256i mask = _mm256_set1_epi8(15);
    const __m256i low = _mm256_shuffle_epi8(of_nibble, _mm256_and_si256(x, mask));
    const __m256i high = _mm256_shuffle_epi8(of_nibble, _mm256_and_si256(_mm256_srli_epi16(x, 4), mask));
    return _mm256_add_epi8(low, high);
  }
  static xsimd::batch<std::uint64_t, Floats> sum_of_bytes(xsimd::batch<std::uint64_t, Floats> x) noexcept {
    return _mm256_sad_epu8(x, _mm256_setzero_si256());
  }
  static void store_low_words(std::uint16_t* to, const xsimd::batch<std::uint64_t, Floats> (&x)[2]) noexcept {
    const __m256i halves = _mm256_permute4x64_epi64(_mm256_packus_epi32(x[0], x[1]), 0xd8);
    const __m128i words = _mm_packus_epi32(_mm256_castsi256_si128(halves), _mm256_extracti128_si256(halves, 1));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), words);
  }

  static std::int32_t sum(const std::uint8_t* from, std::size_t n) noexcept {
    return sum_of_activations<Avx2>(from, n);
  }

  static void store_low_bytes(std::uint8_t* to, const Lanes<Avx2>& x) noexcept {
    const __m256i mask = _mm256_set1_epi32(0xff);
    const __m256i low = _mm256_and_si256(_mm256_castps_si256(x.part[0]), mask);
    const __m256i high = _mm256_and_si256(_mm256_castps_si256(x.part[1]), mask);
    const __m256i words = _mm256_permute4x64_epi64(_mm256_packs_epi32(low, high), 0xd8);
    const __m128i bytes = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
  }
};

}  // namespace

constinit const KernelTable kernels_avx2 = make_table<Avx2>("avx2");

}  // namespace mgt::detail
