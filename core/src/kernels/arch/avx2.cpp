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
  static constexpr BlockShape kInt4OneToken = {1, 2, 1, 2};
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

  /// Products of 4 bits times 7 bits fit 8 times into 16 bits, in pairs: 8 * 2 * 15 * 127 < 2^15.
  struct Int4 {
    using Partial = __m256i;
    using Activations = __m256i;
    static constexpr std::size_t kFlushSteps = 8;
    struct Weights {
      __m256i low, high;
    };

    static Partial zero() noexcept { return _mm256_setzero_si256(); }
    static Weights weights(const std::int8_t* from) noexcept {
      const __m256i pairs = Avx2::weights(from);
      const __m256i mask = _mm256_set1_epi8(15);
      return {_mm256_and_si256(pairs, mask), _mm256_and_si256(_mm256_srli_epi16(pairs, 4), mask)};
    }
    static Activations broadcast(const std::uint8_t* from) noexcept { return Avx2::broadcast(from); }
    static Partial multiply_low(Partial sums, __m256i w, Activations a) noexcept {
      return _mm256_add_epi16(sums, _mm256_maddubs_epi16(a, w));
    }
    static Partial multiply_high(Partial sums, __m256i w, Activations a) noexcept { return multiply_low(sums, w, a); }
    static Sums flush(Sums sums, Partial partial) noexcept {
      return _mm256_add_epi32(sums, _mm256_madd_epi16(partial, _mm256_set1_epi16(1)));
    }
  };

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
