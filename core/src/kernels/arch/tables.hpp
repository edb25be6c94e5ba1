// The tables that arch/*.cpp define; which of them are linked is the registry's business.
#pragma once

#include "kernels/table.hpp"

namespace mgt::detail {

extern const KernelTable kernels_scalar;
extern const KernelTable kernels_sse42;
extern const KernelTable kernels_avx2;
extern const KernelTable kernels_avx512vnni;

/// Fills in the table of AMX and asks the system for its tiles; false, and no change, where there are none. The CPU has
/// to have AVX-512 VNNI.
bool make_kernels_amx(KernelTable& table) noexcept;

extern const KernelTable kernels_wasm;  ///< from wasm_simd128.cpp or wasm_relaxed.cpp: a wasm build has one of them

}  // namespace mgt::detail
