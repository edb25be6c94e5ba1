// WebAssembly relaxed SIMD: the byte dot, exact on every engine because the activations have 7 bits.
#include "kernels/arch/wasm128.hpp"

namespace mgt::detail {
namespace {

struct WasmRelaxed : Wasm128<WasmRelaxed> {
  using Activations = v128_t;
  static constexpr std::size_t kBlockTiles = 1;
  static constexpr std::size_t kBlockTokens = 2;
  static constexpr std::size_t kOneTokenTiles = 2;

  static v128_t weights(const std::int8_t* from) noexcept { return wasm_v128_load(from); }
  static Activations broadcast(const std::uint8_t* from) noexcept { return wasm_v128_load32_splat(from); }
  static Sums multiply_add(Sums sums, v128_t w, Activations a) noexcept {
    return wasm_i32x4_relaxed_dot_i8x16_i7x16_add(w, a, sums);
  }
};

}  // namespace

constinit const KernelTable kernels_wasm = make_table<WasmRelaxed>("wasm-relaxed");

}  // namespace mgt::detail
