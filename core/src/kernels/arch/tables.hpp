// The tables that arch/*.cpp define; which of them are linked is the registry's business.
#pragma once

#include "kernels/table.hpp"

namespace mgt::detail {

extern const KernelTable kernels_scalar;
extern const KernelTable kernels_sse42;
extern const KernelTable kernels_avx2;
extern const KernelTable kernels_avx512vnni;
extern const KernelTable kernels_wasm_simd128;
extern const KernelTable kernels_wasm_relaxed;

}  // namespace mgt::detail
