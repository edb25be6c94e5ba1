// WebAssembly SIMD: products of 16 bits, added pairwise by i32x4.dot_i16x8_s.
#include "kernels/arch/wasm128.hpp"

namespace mgt::detail {
namespace {

struct WasmSimd128 : Wasm128<WasmSimd128> {
  /// Columns 0 and 2, then 1 and 3, in 16 bits each.
  struct StackedActivations {
    v128_t part[2];
  };
  static constexpr BlockShape kInt8OneToken = {1, 2, 1};
  static constexpr BlockShape kInt8ActiveColumns = kInt8OneToken;
  static constexpr BlockShape kInt8ManyTokens = {1, 1, 2};  // three tokens leave no register for the mask
  static constexpr BlockShape kInt4OneToken = {1, 1, 1};
  static constexpr BlockShape kInt4ActiveColumns = kInt4OneToken;
  static constexpr BlockShape kInt4ManyTokens = {1, 1, 3};

  static StackedActivations broadcast_stacked(const std::uint8_t* from) noexcept {
    const v128_t bytes = wasm_v128_load32_splat(from);
    return {{wasm_u16x8_shr(wasm_i16x8_shl(bytes, 8), 8), wasm_u16x8_shr(bytes, 8)}};
  }
  static Sums multiply_add_stacked(Sums sums, v128_t w, v128_t a) noexcept {
    return wasm_i32x4_add(sums, wasm_i32x4_dot_i16x8(w, a));
  }
};

}  // namespace

constinit const KernelTable kernels_wasm = make_table<WasmSimd128>("wasm-simd128");

}  // namespace mgt::detail
