// The integer sums of a block of the matrix product, in registers: int8 weights times 7-bit activations in int32,
// scales and residual or ReLU fused behind it. Written once over the primitives of an architecture: Sums (a register of
// int32, one per row), weights(), broadcast() and multiply_add().
#pragma once

#include "kernels/lanes.hpp"
#include "kernels/table.hpp"

namespace mgt::detail {

inline constexpr std::size_t kTileRows = 16;
inline constexpr std::size_t kTileColumns = 4;
inline constexpr std::size_t kTileBytes = kTileRows * kTileColumns;

/// The sums of kTiles row tiles times kTokens tokens, in registers.
template <class Arch, std::size_t kTiles, std::size_t kTokens>
struct SumBlock {
  using Ints = IntBatch<Arch>;
  static constexpr std::size_t kParts = kTileRows / Ints::size;  ///< registers per tile
  typename Arch::Sums sums[kTiles][kParts][kTokens];

  [[gnu::always_inline]] SumBlock() noexcept {
    for (auto& tile : sums) {
      for (auto& part : tile) {
        for (auto& sum : part) sum = Arch::zero();
      }
    }
  }

  /// Adds the products of one tile column: 4 columns of each tile with 4 activations of each token.
  [[gnu::always_inline]] void add(const std::int8_t* weights, std::size_t tile_stride, const std::uint8_t* activations,
                                  std::size_t token_stride) noexcept {
    typename Arch::Activations a[kTokens];
#pragma GCC unroll 16
    for (std::size_t t = 0; t < kTokens; ++t) a[t] = Arch::broadcast(activations + t * token_stride);
#pragma GCC unroll 16
    for (std::size_t r = 0; r < kTiles; ++r) {
#pragma GCC unroll 16
      for (std::size_t p = 0; p < kParts; ++p) {
        const auto w = Arch::weights(weights + r * tile_stride + p * Ints::size * kTileColumns);
#pragma GCC unroll 16
        for (std::size_t t = 0; t < kTokens; ++t) sums[r][p][t] = Arch::multiply_add(sums[r][p][t], w, a[t]);
      }
    }
  }

  /// Scales the sums and stores them: tile r, token t at rows [row, row + 16) of out + t * out_stride.
  [[gnu::always_inline]] void store(const PackedMatrix& w, const QuantizedRows& a, Epilogue epilogue, std::size_t row,
                                    std::size_t token, float* out, std::size_t out_stride) const noexcept {
    using Floats = FloatBatch<Arch>;
#pragma GCC unroll 16
    for (std::size_t r = 0; r < kTiles; ++r) {
#pragma GCC unroll 16
      for (std::size_t p = 0; p < kParts; ++p) {
        const std::size_t first = row + r * kTileRows + p * Ints::size;
        const Ints row_sums = Ints::load_unaligned(w.row_sums + first);
        const Floats scales = Floats::load_unaligned(w.scales + first);
#pragma GCC unroll 16
        for (std::size_t t = 0; t < kTokens; ++t) {
          const Ints centred = Ints(sums[r][p][t]) - Ints(a.zero_points[token + t]) * row_sums;
          Floats y = xsimd::to_float(centred) * (scales * Floats(a.scales[token + t]));
          float* to = out + (token + t) * out_stride + first;
          if (epilogue == Epilogue::add) y = Floats::load_unaligned(to) + y;
          if (epilogue == Epilogue::relu) y = max_of<Arch>(y, Floats(0.0f));
          y.store_unaligned(to);
        }
      }
    }
  }
};

}  // namespace mgt::detail
