// The tables that arch/*.cpp define; which of them are linked is the registry's business.
#pragma once

#include "kernels/table.hpp"

namespace mgt::detail {

/// 0.4 to 0.7 measured natively and 0.2 to 0.4 in WebAssembly, whose kernels multiply hardly faster than they read.
inline constexpr BatchPrices kNativePrices = {.reading_share = 0.4f, .preview_macs = 40'000};
inline constexpr BatchPrices kWasmPrices = {.reading_share = 0.2f, .preview_macs = 120'000};

extern const KernelTable kernels_scalar;
extern const KernelTable kernels_sse42;
extern const KernelTable kernels_avx2;
extern const KernelTable kernels_avx512vnni;

/// Fills in the table of AMX and asks the system for its tiles; false, and no change, where there are none. The CPU has
/// to have AVX-512 VNNI.
bool make_kernels_amx(KernelTable& table) noexcept;

extern const KernelTable kernels_wasm;  ///< from wasm_simd128.cpp or wasm_relaxed.cpp: a wasm build has one of them

}  // namespace mgt::detail
