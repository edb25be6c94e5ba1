// WebAssembly relaxed SIMD: the byte dot, exact on every engine because the activations have 7 bits.
#include "kernels/arch/wasm128.hpp"

namespace mgt::detail {
namespace {

struct WasmRelaxed : Wasm128<WasmRelaxed> {
  using Activations = v128_t;
  static constexpr BlockShape kInt8OneToken = {2, 4, 1};
  static constexpr BlockShape kInt8ActiveColumns = kInt8OneToken;
  static constexpr BlockShape kInt8ManyTokens = {1, 4, 2};
  static constexpr BlockShape kInt4OneToken = {1, 4, 1};
  static constexpr BlockShape kInt4ActiveColumns = kInt4OneToken;
  static constexpr BlockShape kInt4ManyTokens = {1, 2, 2};

  static Activations broadcast(const std::uint8_t* from) noexcept { return wasm_v128_load32_splat(from); }
  static Sums multiply_add(Sums sums, v128_t w, Activations a) noexcept {
    return wasm_i32x4_relaxed_dot_i8x16_i7x16_add(w, a, sums);
  }
};

}  // namespace

constinit const KernelTable kernels_wasm = make_table<WasmRelaxed>("wasm-relaxed");

}  // namespace mgt::detail
