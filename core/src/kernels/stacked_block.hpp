// The sums of a block of a product whose tiles stack several rows in each lane: x = w0 + w1 * B + w2 * B^2 + ...
//
// Nothing is unpacked: the sums of a * (x mod B), a * (x mod B^2), ..., a * x take one mask each but for the last, and
// each less the one before is a power of B times the sum of one row. All this is modulo 2^32, so a row's own sum has to
// fit what is left above its power: kFlushSteps tile columns at a time.
#pragma once

#include <array>

#include "kernels/product.hpp"

namespace mgt::detail {

template <class A, const TileLayout& layout, BlockShape shape>
struct StackedBlock {
  using Arch = A;
  using Ints = IntBatch<Arch>;
  using Sums = typename Arch::Sums;
  static constexpr std::size_t kDigits = layout.digits();
  static constexpr std::size_t kRegisters = layout.registers();
  static constexpr std::size_t kFlushSteps = layout.lane_bits == 16 ? 128 : 0;
  static constexpr std::size_t kColumns = kFlushSteps == 0 ? kMostColumns : kFlushSteps * kTileColumns;
  static_assert(kColumns * 127 * layout.half() < (std::size_t{1} << 31) >> (kDigits - 1) * layout.digit_bits);

  Sums stacked[shape.groups][shape.parts][kDigits][shape.tokens];
  Sums sums[shape.groups][shape.parts][kDigits][shape.tokens];
  Sums masks[kDigits - 1];

  /// The digits up to each, in all lanes of a word.
  static constexpr auto kMasks = [] {
    std::array<std::uint32_t, kDigits - 1> words{};
    for (std::size_t d = 0; d + 1 < kDigits; ++d) {
      words[d] = ((1u << (d + 1) * layout.digit_bits) - 1) * (layout.lane_bits == 8 ? 0x01010101u : 0x00010001u);
    }
    return words;
  }();

  /// Four activations for every row: one register where lanes are bytes, else one for each half of the columns.
  [[gnu::always_inline]] static auto broadcast(const std::uint8_t* from) noexcept {
    if constexpr (kRegisters == 1) {
      struct {
        typename Arch::Activations part[1];
      } all = {{Arch::broadcast(from)}};
      return all;
    } else {
      return Arch::broadcast_stacked(from);
    }
  }
  template <class Part>
  [[gnu::always_inline]] static Sums multiply_add(Sums sums, Sums w, Part a) noexcept {
    if constexpr (kRegisters == 1)
      return Arch::multiply_add(sums, w, a);
    else
      return Arch::multiply_add_stacked(sums, w, a);
  }

  [[gnu::always_inline]] StackedBlock() noexcept {
    clear(stacked, Arch::zero());
    clear(sums, Arch::zero());
#pragma GCC unroll 4
    for (std::size_t d = 0; d + 1 < kDigits; ++d) masks[d] = Arch::splat(kMasks[d]);
  }

  [[gnu::always_inline]] void add(const std::int8_t* weights, std::size_t group_stride, const std::uint8_t* activations,
                                  std::size_t token_stride) noexcept {
    decltype(broadcast(activations)) a[shape.tokens];
#pragma GCC unroll 16
    for (std::size_t t = 0; t < shape.tokens; ++t) a[t] = broadcast(activations + t * token_stride);
#pragma GCC unroll 16
    for (std::size_t g = 0; g < shape.groups; ++g) {
#pragma GCC unroll 16
      for (std::size_t p = 0; p < shape.parts; ++p) {
#pragma GCC unroll 2
        for (std::size_t i = 0; i < kRegisters; ++i) {
          const Sums x = Arch::weights(weights + g * group_stride + (p * kRegisters + i) * sizeof(Sums));
#pragma GCC unroll 4
          for (std::size_t d = 0; d < kDigits; ++d) {
            const Sums w = d + 1 == kDigits ? x : Arch::bit_and(x, masks[d]);
#pragma GCC unroll 16
            for (std::size_t t = 0; t < shape.tokens; ++t) {
              stacked[g][p][d][t] = multiply_add(stacked[g][p][d][t], w, a[t].part[i]);
            }
          }
        }
      }
    }
  }

  /// Tells the rows apart, adds up what they have got and starts again.
  [[gnu::always_inline]] void flush() noexcept {
#pragma GCC unroll 16
    for (std::size_t g = 0; g < shape.groups; ++g) {
#pragma GCC unroll 16
      for (std::size_t p = 0; p < shape.parts; ++p) {
#pragma GCC unroll 16
        for (std::size_t t = 0; t < shape.tokens; ++t) {
#pragma GCC unroll 4
          for (std::size_t above = 0; above < kDigits; ++above) {
            const std::size_t d = kDigits - 1 - above;
            Ints own(stacked[g][p][d][t]);
            if (d > 0) own = (own - Ints(stacked[g][p][d - 1][t])) >> static_cast<int>(d * layout.digit_bits);
            sums[g][p][d][t] = Ints(sums[g][p][d][t]) + own;
            stacked[g][p][d][t] = Arch::zero();
          }
        }
      }
    }
  }

  [[gnu::always_inline]] void add_sums(const StackedBlock& other) noexcept {
#pragma GCC unroll 16
    for (std::size_t p = 0; p < shape.parts; ++p) {
#pragma GCC unroll 4
      for (std::size_t d = 0; d < kDigits; ++d)
        sums[0][p][d][0] = Ints(sums[0][p][d][0]) + Ints(other.sums[0][p][d][0]);
    }
  }

  [[gnu::always_inline]] void store(const Product& product, std::size_t row, std::size_t token) const noexcept {
#pragma GCC unroll 16
    for (std::size_t g = 0; g < shape.groups; ++g) {
#pragma GCC unroll 16
      for (std::size_t p = 0; p < shape.parts; ++p) {
#pragma GCC unroll 4
        for (std::size_t d = 0; d < kDigits; ++d) {
          const std::size_t first = row + g * layout.group_rows + d * layout.lane_rows() + p * Ints::size;
          const RowConstants<Arch> rows(product, first);
#pragma GCC unroll 16
          for (std::size_t t = 0; t < shape.tokens; ++t) {
            Ints own(sums[g][p][d][t]);
            if (layout.bias(d) != 0) own = own - Ints(product.offsets[token + t]);
            finish<Arch>(product, rows, own, first, token + t);
          }
        }
      }
    }
  }
};

}  // namespace mgt::detail
