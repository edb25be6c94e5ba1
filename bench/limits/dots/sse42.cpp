#include <immintrin.h>

#include <cstring>

#include "limits/dots.hpp"

namespace mgt::bench {
namespace {

struct Sse42 {
  using Register = __m128i;
  static constexpr std::size_t kMacs = 16;
  static Register zero() { return _mm_setzero_si128(); }
  static Register load(const unsigned char* from) { return _mm_load_si128(reinterpret_cast<const __m128i*>(from)); }
  static void store(unsigned char* to, Register x) { _mm_store_si128(reinterpret_cast<__m128i*>(to), x); }
  static Register splat(const unsigned char* from) {
    int four;
    std::memcpy(&four, from, 4);
    return _mm_set1_epi32(four);
  }
  static void keep(Register& x) { asm volatile("" : "+x"(x)); }
  static Register dot(Register sums, Register w, Register a) {
    return _mm_add_epi32(sums, _mm_madd_epi16(_mm_maddubs_epi16(a, w), _mm_set1_epi16(1)));
  }
};

}  // namespace

constinit const DotLoops dots_sse42 = make_dot_loops<Sse42, 2, 4>("sse42");

}  // namespace mgt::bench
