// What the files compiled for AVX-512 share: its intrinsics, and its registers of floats.
#pragma once

#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 takes the undefined registers inside its own AVX-512 intrinsics for mistakes.
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

#include "kernels/arch/tables.hpp"
#include "kernels/lanes.hpp"

namespace mgt::detail {

struct Avx512Floats {
  using Floats = xsimd::avx512vnni<xsimd::avx512bw>;
  static constexpr bool kMaxKeepsFirst = false;
};

}  // namespace mgt::detail
