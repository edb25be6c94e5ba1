// The sums of a block of an int8 product, in registers: int8 weights times 7-bit activations in int32. Written once
// over the primitives of an architecture: Sums (a register of int32, one per row), zero(), weights(), broadcast() and
// multiply_add().
#pragma once

#include "kernels/product.hpp"

namespace mgt::detail {

template <class Arch, BlockShape shape>
struct Int8Block {
  static constexpr std::size_t kFlushSteps = 0;  ///< the sums never have to be emptied
  using Ints = IntBatch<Arch>;

  typename Arch::Sums sums[shape.groups][shape.parts][shape.tokens];

  [[gnu::always_inline]] Int8Block() noexcept { clear(sums, Arch::zero()); }

  /// Adds the products of one tile column: 4 columns of each group with 4 activations of each token.
  [[gnu::always_inline]] void add(const std::int8_t* weights, std::size_t group_stride, const std::uint8_t* activations,
                                  std::size_t token_stride) noexcept {
    typename Arch::Activations a[shape.tokens];
#pragma GCC unroll 16
    for (std::size_t t = 0; t < shape.tokens; ++t) a[t] = Arch::broadcast(activations + t * token_stride);
#pragma GCC unroll 16
    for (std::size_t g = 0; g < shape.groups; ++g) {
#pragma GCC unroll 16
      for (std::size_t p = 0; p < shape.parts; ++p) {
        const auto w = Arch::weights(weights + g * group_stride + p * Ints::size * kTileColumns);
#pragma GCC unroll 16
        for (std::size_t t = 0; t < shape.tokens; ++t) sums[g][p][t] = Arch::multiply_add(sums[g][p][t], w, a[t]);
      }
    }
  }

  [[gnu::always_inline]] void flush() noexcept {}

  [[gnu::always_inline]] void add_sums(const Int8Block& other) noexcept {
#pragma GCC unroll 16
    for (std::size_t p = 0; p < shape.parts; ++p) sums[0][p][0] = Ints(sums[0][p][0]) + Ints(other.sums[0][p][0]);
  }

  [[gnu::always_inline]] void store(const Product& product, std::size_t row, std::size_t token) const noexcept {
#pragma GCC unroll 16
    for (std::size_t g = 0; g < shape.groups; ++g) {
#pragma GCC unroll 16
      for (std::size_t p = 0; p < shape.parts; ++p) {
        const std::size_t first = row + g * kInt8Tiles.group_rows + p * Ints::size;
        const RowConstants<Arch> rows(product, first);
#pragma GCC unroll 16
        for (std::size_t t = 0; t < shape.tokens; ++t) {
          finish<Arch>(product, rows, Ints(sums[g][p][t]), first, token + t);
        }
      }
    }
  }
};

}  // namespace mgt::detail
