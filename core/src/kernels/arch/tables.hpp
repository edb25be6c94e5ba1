// The tables that arch/*.cpp define; which of them are linked is the registry's business.
#pragma once

#include "kernels/table.hpp"

namespace mgt::detail {

extern const KernelTable kernels_scalar;
extern const KernelTable kernels_sse42;
extern const KernelTable kernels_avx2;
extern const KernelTable kernels_avx512vnni;
extern const KernelTable kernels_wasm;  ///< from wasm_simd128.cpp or wasm_relaxed.cpp: a wasm build has one of them

}  // namespace mgt::detail
