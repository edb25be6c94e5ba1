// WebAssembly has no way to keep a compiler from hoisting what does not change, so operands come from memory alone.
#include <wasm_simd128.h>

#include "limits/dots.hpp"

namespace mgt::bench {
namespace {

struct Wasm {
  using Register = v128_t;
  static Register zero() { return wasm_i32x4_const_splat(0); }
  static Register load(const unsigned char* from) { return wasm_v128_load(from); }
  static void store(unsigned char* to, Register x) { wasm_v128_store(to, x); }
  static void keep(Register&) {}
  static Register splat(const unsigned char* from) { return wasm_v128_load32_splat(from); }
#if defined(__wasm_relaxed_simd__)
  static constexpr const char* kName = "wasm-relaxed";
  static constexpr std::size_t kMacs = 16;
  static Register dot(Register sums, Register w, Register a) {
    return wasm_i32x4_relaxed_dot_i8x16_i7x16_add(w, a, sums);
  }
#else
  static constexpr const char* kName = "wasm-simd128";
  static constexpr std::size_t kMacs = 8;  // operands already widened to 16 bits: the ideal, without unpacking
  static Register dot(Register sums, Register w, Register a) {
    return wasm_i32x4_add(sums, wasm_i32x4_dot_i16x8(w, a));
  }
#endif
};

}  // namespace

constinit const DotLoops dots_wasm = [] {
  DotLoops loops = make_dot_loops<Wasm, 2, 4>(Wasm::kName);
  loops.walk_registers = nullptr;
  return loops;
}();

}  // namespace mgt::bench
