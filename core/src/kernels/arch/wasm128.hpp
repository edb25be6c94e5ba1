// What both WebAssembly architectures share.
#pragma once

#include <wasm_simd128.h>

#include "kernels/arch/tables.hpp"
#include "kernels/generic.hpp"

namespace mgt::detail {

template <class Arch>
struct Wasm128 {
  using Floats = xsimd::wasm;
  static constexpr bool kMaxKeepsFirst = true;

  using Sums = v128_t;
  static Sums zero() noexcept { return wasm_i32x4_const_splat(0); }
  static Sums splat(const std::uint32_t& constant) noexcept { return load_splat(&constant); }
  /// `constant` in every lane.
  template <class T>
  static Sums load_splat(const T* constant) noexcept {
    static_assert(sizeof(T) == 4);
    asm("" : "+r"(constant));  // or the compiler would know what stands there
    return wasm_v128_load32_splat(constant);
  }
  static v128_t weights(const std::int8_t* from) noexcept { return wasm_v128_load(from); }
  static Sums bit_and(Sums a, Sums b) noexcept { return wasm_v128_and(a, b); }

  static xsimd::batch<std::uint64_t, Floats> bits_per_byte(xsimd::batch<std::uint64_t, Floats> x) noexcept {
    return wasm_i8x16_popcnt(x);
  }

  /// The sum of n activations, n a multiple of 16.
  static std::int32_t sum(const std::uint8_t* from, std::size_t n) noexcept {
    v128_t sums = zero();
    for (std::size_t i = 0; i < n; i += 16) {
      const v128_t pairs = wasm_u16x8_extadd_pairwise_u8x16(wasm_v128_load(from + i));
      sums = wasm_i32x4_add(sums, wasm_u32x4_extadd_pairwise_u16x8(pairs));
    }
    return (wasm_i32x4_extract_lane(sums, 0) + wasm_i32x4_extract_lane(sums, 1)) +
           (wasm_i32x4_extract_lane(sums, 2) + wasm_i32x4_extract_lane(sums, 3));
  }

  static void store_low_bytes(std::uint8_t* to, const Lanes<Arch>& x) noexcept {
    static constexpr std::uint32_t kLowByte = 0xff;
    const v128_t mask = load_splat(&kLowByte);
    const auto low = [&](int i) { return wasm_v128_and(static_cast<v128_t>(x.part[i]), mask); };
    const v128_t words0 = wasm_i16x8_narrow_i32x4(low(0), low(1));
    const v128_t words1 = wasm_i16x8_narrow_i32x4(low(2), low(3));
    wasm_v128_store(to, wasm_u8x16_narrow_i16x8(words0, words1));
  }
};

}  // namespace mgt::detail
