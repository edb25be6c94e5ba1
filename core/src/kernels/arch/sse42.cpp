// x86-64 with SSE4.2: products pairwise in 16 bits (exact: activations have 7 bits), then in 32.
#include <immintrin.h>

#include "kernels/arch/tables.hpp"
#include "kernels/arch/x86.hpp"
#include "kernels/generic.hpp"

namespace mgt::detail {
namespace {

struct Sse42 {
  using Floats = xsimd::sse4_2;
  static constexpr bool kMaxKeepsFirst = false;

  using Sums = __m128i;
  using Activations = __m128i;
  static constexpr BlockShape kInt8OneToken = {2, 4, 1};
  static constexpr BlockShape kInt8ActiveColumns = kInt8OneToken;
  static constexpr BlockShape kInt8ManyTokens = {1, 4, 2};
  static constexpr BlockShape kInt4OneToken = {1, 4, 1};
  static constexpr BlockShape kInt4ActiveColumns = kInt4OneToken;
  static constexpr BlockShape kInt4ManyTokens = {1, 2, 2};

  static Sums zero() noexcept { return _mm_setzero_si128(); }
  static __m128i weights(const std::int8_t* from) noexcept {
    return _mm_load_si128(reinterpret_cast<const __m128i*>(from));
  }
  static Activations broadcast(const std::uint8_t* from) noexcept {
    int four;
    __builtin_memcpy(&four, from, 4);
    return _mm_set1_epi32(four);
  }
  static Sums multiply_add(Sums sums, __m128i w, Activations a) noexcept {
    return _mm_add_epi32(sums, _mm_madd_epi16(_mm_maddubs_epi16(a, w), _mm_set1_epi16(1)));
  }

  static Sums splat(std::uint32_t x) noexcept { return _mm_set1_epi32(static_cast<int>(x)); }
  static Sums bit_and(Sums a, Sums b) noexcept { return _mm_and_si128(a, b); }

  static xsimd::batch<std::uint64_t, Floats> bits_per_byte(xsimd::batch<std::uint64_t, Floats> x) noexcept {
    const __m128i mask = _mm_set1_epi8(15);
    const __m128i low = _mm_shuffle_epi8(bits_of_nibbles<Sse42>(), _mm_and_si128(x, mask));
    const __m128i high = _mm_shuffle_epi8(bits_of_nibbles<Sse42>(), _mm_and_si128(_mm_srli_epi16(x, 4), mask));
    return _mm_add_epi8(low, high);
  }
  static xsimd::batch<std::uint64_t, Floats> sum_of_bytes(xsimd::batch<std::uint64_t, Floats> x) noexcept {
    return _mm_sad_epu8(x, _mm_setzero_si128());
  }
  static void store_low_words(std::uint16_t* to, const xsimd::batch<std::uint64_t, Floats> (&x)[4]) noexcept {
    const __m128i words = _mm_packus_epi32(_mm_packus_epi32(x[0], x[1]), _mm_packus_epi32(x[2], x[3]));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), words);
  }

  static std::int32_t sum(const std::uint8_t* from, std::size_t n) noexcept {
    return sum_of_activations<Sse42>(from, n);
  }

  static void store_low_bytes(std::uint8_t* to, const Lanes<Sse42>& x) noexcept {
    const auto low = [&](int i) { return _mm_and_si128(_mm_castps_si128(x.part[i]), _mm_set1_epi32(0xff)); };
    const __m128i words0 = _mm_packs_epi32(low(0), low(1));
    const __m128i words1 = _mm_packs_epi32(low(2), low(3));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm_packus_epi16(words0, words1));
  }
};

}  // namespace

constinit const KernelTable kernels_sse42 = make_table<Sse42>("sse42");

}  // namespace mgt::detail
