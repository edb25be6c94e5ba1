// x86-64 with AVX-512 and VNNI: vpdpbusd adds four products per 32-bit lane.
#include "kernels/arch/avx512.hpp"
#include "kernels/arch/x86.hpp"
#include "kernels/generic.hpp"

namespace mgt::detail {
namespace {

struct Avx512Vnni : Avx512Floats {
  using Sums = __m512i;
  using Activations = __m512i;
  static constexpr BlockShape kInt8OneToken = {1, 1, 1, 4};
  static constexpr BlockShape kInt8ActiveColumns = {4, 1, 1};
  static constexpr BlockShape kInt8ManyTokens = {4, 1, 6};
  static constexpr BlockShape kInt4OneToken = {1, 1, 1, 4};
  static constexpr BlockShape kInt4ActiveColumns = {4, 1, 1};
  static constexpr BlockShape kInt4ManyTokens = {2, 1, 6};

  static Sums zero() noexcept { return _mm512_setzero_si512(); }
  static __m512i weights(const std::int8_t* from) noexcept { return _mm512_load_si512(from); }
  static Activations broadcast(const std::uint8_t* from) noexcept {
    int four;
    __builtin_memcpy(&four, from, 4);
    return _mm512_set1_epi32(four);
  }
  static Sums multiply_add(Sums sums, __m512i w, Activations a) noexcept { return _mm512_dpbusd_epi32(sums, a, w); }

  static Sums splat(std::uint32_t x) noexcept { return _mm512_set1_epi32(static_cast<int>(x)); }
  static Sums bit_and(Sums a, Sums b) noexcept { return _mm512_and_si512(a, b); }

  static std::int32_t sum(const std::uint8_t* from, std::size_t n) noexcept {
    return sum_of_activations<Avx512Vnni>(from, n);
  }

  static void store_low_bytes(std::uint8_t* to, const Lanes<Avx512Vnni>& x) noexcept {
    const __m128i bytes = _mm512_cvtepi32_epi8(_mm512_castps_si512(x.part[0]));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
  }
};

}  // namespace

constinit const KernelTable kernels_avx512vnni = make_table<Avx512Vnni>("avx512vnni");

}  // namespace mgt::detail
