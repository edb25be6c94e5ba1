#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 takes the undefined registers inside its own AVX-512 intrinsics for mistakes.
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

#include <cstring>

#include "limits/dots.hpp"

namespace mgt::bench {
namespace {

struct Avx512Vnni {
  using Register = __m512i;
  static constexpr std::size_t kMacs = 64;
  static Register zero() { return _mm512_setzero_si512(); }
  static Register load(const unsigned char* from) { return _mm512_load_si512(from); }
  static void store(unsigned char* to, Register x) { _mm512_store_si512(to, x); }
  static Register splat(const unsigned char* from) {
    int four;
    std::memcpy(&four, from, 4);
    return _mm512_set1_epi32(four);
  }
  static void keep(Register& x) { asm volatile("" : "+v"(x)); }
  static Register dot(Register sums, Register w, Register a) { return _mm512_dpbusd_epi32(sums, a, w); }
};

}  // namespace

constinit const DotLoops dots_avx512vnni = make_dot_loops<Avx512Vnni, 4, 6>("avx512vnni");

}  // namespace mgt::bench
