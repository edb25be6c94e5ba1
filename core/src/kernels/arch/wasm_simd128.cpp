// WebAssembly SIMD: even and odd bytes widened to 16 bits, products added pairwise by i32x4.dot_i16x8_s.
#include "kernels/arch/wasm128.hpp"

namespace mgt::detail {
namespace {

struct WasmSimd128 : Wasm128<WasmSimd128> {
  struct Activations {
    v128_t even, odd;
  };
  using Weights = Activations;
  static constexpr std::size_t kBlockTiles = 1;
  static constexpr std::size_t kBlockTokens = 4;
  static constexpr std::size_t kOneTokenTiles = 2;

  static Weights weights(const std::int8_t* from) noexcept {
    const v128_t bytes = wasm_v128_load(from);
    return {wasm_i16x8_shr(wasm_i16x8_shl(bytes, 8), 8), wasm_i16x8_shr(bytes, 8)};
  }
  static Activations broadcast(const std::uint8_t* from) noexcept {
    const v128_t bytes = wasm_v128_load32_splat(from);
    return {wasm_v128_and(bytes, wasm_i16x8_const_splat(0xff)), wasm_u16x8_shr(bytes, 8)};
  }
  static Sums multiply_add(Sums sums, Weights w, Activations a) noexcept {
    const v128_t even = wasm_i32x4_add(sums, wasm_i32x4_dot_i16x8(w.even, a.even));
    return wasm_i32x4_add(even, wasm_i32x4_dot_i16x8(w.odd, a.odd));
  }
};

}  // namespace

constinit const KernelTable kernels_wasm = make_table<WasmSimd128>("wasm-simd128");

}  // namespace mgt::detail
