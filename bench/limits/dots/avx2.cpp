#include <immintrin.h>

#include <cstring>

#include "limits/dots.hpp"

namespace mgt::bench {
namespace {

struct Avx2 {
  using Register = __m256i;
  static constexpr std::size_t kMacs = 32;
  static Register zero() { return _mm256_setzero_si256(); }
  static Register load(const unsigned char* from) { return _mm256_load_si256(reinterpret_cast<const __m256i*>(from)); }
  static void store(unsigned char* to, Register x) { _mm256_store_si256(reinterpret_cast<__m256i*>(to), x); }
  static Register splat(const unsigned char* from) {
    int four;
    std::memcpy(&four, from, 4);
    return _mm256_set1_epi32(four);
  }
  static void keep(Register& x) { asm volatile("" : "+x"(x)); }
  static Register dot(Register sums, Register w, Register a) {
    return _mm256_add_epi32(sums, _mm256_madd_epi16(_mm256_maddubs_epi16(a, w), _mm256_set1_epi16(1)));
  }
};

}  // namespace

constinit const DotLoops dots_avx2 = make_dot_loops<Avx2, 2, 4>("avx2");

}  // namespace mgt::bench
