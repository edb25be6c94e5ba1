// WebAssembly SIMD: even and odd bytes widened to 16 bits, products added pairwise by i32x4.dot_i16x8_s.
#include "kernels/arch/wasm128.hpp"

namespace mgt::detail {
namespace {

struct WasmSimd128 : Wasm128<WasmSimd128> {
  /// Even and odd bytes, each in 16 bits.
  struct Pair {
    v128_t even, odd;
  };
  using Activations = Pair;
  using Weights = Pair;
  static constexpr BlockShape kInt8OneToken = {2, 4, 1};
  static constexpr BlockShape kInt8ManyTokens = {1, 4, 2};
  static constexpr BlockShape kInt4OneToken = {1, 4, 1};
  static constexpr BlockShape kInt4ManyTokens = {1, 2, 2};

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

  /// Nibbles stay where they stand in their 16 bits; the activations are shifted the other way, so that every product
  /// comes out times 256.
  struct Int4 {
    using Partial = v128_t;
    struct Activations {
      Pair low, high;
    };
    static constexpr std::size_t kFlushSteps = 1024;  ///< 4 * 1024 * 15 * 127 * 256 < 2^31
    struct Weights {
      Pair low, high;
    };

    static Partial zero() noexcept { return wasm_i32x4_const_splat(0); }
    static Weights weights(const std::int8_t* from) noexcept {
      const v128_t pairs = wasm_v128_load(from);
      return {{wasm_v128_and(pairs, wasm_i16x8_const_splat(0x000f)),   // times 1
               wasm_v128_and(pairs, wasm_i16x8_const_splat(0x0f00))},  // times 256
              {wasm_v128_and(pairs, wasm_i16x8_const_splat(0x00f0)),   // times 16
               wasm_u16x8_shr(pairs, 12)}};                            // times 1
    }
    static Activations broadcast(const std::uint8_t* from) noexcept {
      const v128_t bytes = wasm_v128_load32_splat(from);
      const v128_t even_256 = wasm_i16x8_shl(bytes, 8);
      const v128_t odd_256 = wasm_v128_and(bytes, wasm_i16x8_const_splat(-256));
      return {{even_256, wasm_u16x8_shr(bytes, 8)}, {wasm_u16x8_shr(even_256, 4), odd_256}};
    }
    static Partial multiply_low(Partial sums, const Pair& w, const Activations& a) noexcept {
      return WasmSimd128::multiply_add(sums, w, a.low);
    }
    static Partial multiply_high(Partial sums, const Pair& w, const Activations& a) noexcept {
      return WasmSimd128::multiply_add(sums, w, a.high);
    }
    static Sums flush(Sums sums, Partial partial) noexcept { return wasm_i32x4_add(sums, wasm_i32x4_shr(partial, 8)); }
  };
};

}  // namespace

constinit const KernelTable kernels_wasm = make_table<WasmSimd128>("wasm-simd128", kWasmPrices);

}  // namespace mgt::detail
