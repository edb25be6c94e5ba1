// The sums of a block of an int4 product: weights of 4 bits, stored as w + 8, times 7-bit activations.
//
// One load holds 4 columns of 32 rows: rows 0..15 of the group in the low nibbles, rows 16..31 in the high ones. What
// the 8 adds to every sum, 8 * sum(a), is the same for all rows of a token and is taken off at the end. An architecture
// brings a struct Int4: Partial (a register of sums in whatever width is cheapest), kFlushSteps (tile columns after
// which partial sums might overflow; 0: never), zero(), weights() with members low and high, broadcast(),
// multiply_low(), multiply_high() and flush(Sums, Partial).
#pragma once

#include "kernels/product.hpp"

namespace mgt::detail {

template <class Arch, BlockShape shape>
struct Int4Block {
  using Int4 = typename Arch::Int4;
  static constexpr std::size_t kFlushSteps = Int4::kFlushSteps;
  using Ints = IntBatch<Arch>;

  typename Int4::Partial low[shape.groups][shape.parts][shape.tokens];
  typename Int4::Partial high[shape.groups][shape.parts][shape.tokens];
  typename Arch::Sums low_sums[shape.groups][shape.parts][shape.tokens];
  typename Arch::Sums high_sums[shape.groups][shape.parts][shape.tokens];

  [[gnu::always_inline]] Int4Block() noexcept {
    clear(low, Int4::zero());
    clear(high, Int4::zero());
    clear(low_sums, Arch::zero());
    clear(high_sums, Arch::zero());
  }

  [[gnu::always_inline]] void add(const std::int8_t* weights, std::size_t group_stride, const std::uint8_t* activations,
                                  std::size_t token_stride) noexcept {
    typename Int4::Activations a[shape.tokens];
#pragma GCC unroll 16
    for (std::size_t t = 0; t < shape.tokens; ++t) a[t] = Int4::broadcast(activations + t * token_stride);
#pragma GCC unroll 16
    for (std::size_t g = 0; g < shape.groups; ++g) {
#pragma GCC unroll 16
      for (std::size_t p = 0; p < shape.parts; ++p) {
        const auto w = Int4::weights(weights + g * group_stride + p * Ints::size * kTileColumns);
#pragma GCC unroll 16
        for (std::size_t t = 0; t < shape.tokens; ++t) low[g][p][t] = Int4::multiply_low(low[g][p][t], w.low, a[t]);
#pragma GCC unroll 16
        for (std::size_t t = 0; t < shape.tokens; ++t) high[g][p][t] = Int4::multiply_high(high[g][p][t], w.high, a[t]);
      }
    }
  }

  /// Empties the partial sums into the sums.
  [[gnu::always_inline]] void flush() noexcept {
#pragma GCC unroll 16
    for (std::size_t g = 0; g < shape.groups; ++g) {
#pragma GCC unroll 16
      for (std::size_t p = 0; p < shape.parts; ++p) {
#pragma GCC unroll 16
        for (std::size_t t = 0; t < shape.tokens; ++t) {
          low_sums[g][p][t] = Int4::flush(low_sums[g][p][t], low[g][p][t]);
          high_sums[g][p][t] = Int4::flush(high_sums[g][p][t], high[g][p][t]);
          low[g][p][t] = Int4::zero();
          high[g][p][t] = Int4::zero();
        }
      }
    }
  }

  [[gnu::always_inline]] void add_sums(const Int4Block& other) noexcept {
#pragma GCC unroll 16
    for (std::size_t p = 0; p < shape.parts; ++p) {
      low_sums[0][p][0] = Ints(low_sums[0][p][0]) + Ints(other.low_sums[0][p][0]);
      high_sums[0][p][0] = Ints(high_sums[0][p][0]) + Ints(other.high_sums[0][p][0]);
    }
  }

  [[gnu::always_inline]] void store(const Product& product, std::size_t row, std::size_t token) const noexcept {
#pragma GCC unroll 16
    for (std::size_t g = 0; g < shape.groups; ++g) {
#pragma GCC unroll 16
      for (std::size_t p = 0; p < shape.parts; ++p) {
        const std::size_t first = row + g * kInt4Tiles.group_rows + p * Ints::size;
        const RowConstants<Arch> low_rows(product, first);
#pragma GCC unroll 16
        for (std::size_t t = 0; t < shape.tokens; ++t) {
          const Ints offset(product.offsets[token + t]);
          finish<Arch>(product, low_rows, Ints(low_sums[g][p][t]) - offset, first, token + t);
        }
        const RowConstants<Arch> high_rows(product, first + kInt4Tiles.lane_rows());
#pragma GCC unroll 16
        for (std::size_t t = 0; t < shape.tokens; ++t) {
          const Ints offset(product.offsets[token + t]);
          finish<Arch>(product, high_rows, Ints(high_sums[g][p][t]) - offset, first + kInt4Tiles.lane_rows(),
                       token + t);
        }
      }
    }
  }
};

}  // namespace mgt::detail
