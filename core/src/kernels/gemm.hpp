// The integer matrix product: int8 weights, 7-bit activations, int32 sums, scales and residual or ReLU fused behind it.
// Written once over the primitives of an architecture: Sums (a register of int32, one per row of a tile), Weights,
// Activations, and multiply_add.
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

/// Rows [row, row + 16 * kTiles) times tokens [token, token + kTokens).
template <class Arch, std::size_t kTiles, std::size_t kTokens>
[[gnu::noinline]] void multiply_block(const PackedMatrix& w, const QuantizedRows& a, Epilogue epilogue, std::size_t row,
                                      std::size_t token, float* out, std::size_t out_stride) noexcept {
  const std::size_t tile_stride = std::size_t{w.cols} * kTileRows;
  const std::int8_t* weights = w.weights + row * w.cols;
  const std::uint8_t* activations = a.values + token * a.stride;
  SumBlock<Arch, kTiles, kTokens> block;
  for (std::size_t c = 0; c < w.cols; c += kTileColumns) {
    block.add(weights, tile_stride, activations + c, a.stride);
    weights += kTileBytes;
  }
  block.store(w, a, epilogue, row, token, out, out_stride);
}

/// The last tokens, fewer than a block's: calls the block of exactly that many.
template <class Arch, std::size_t kTiles, std::size_t kTokens>
[[gnu::always_inline]] inline void multiply_tail(const PackedMatrix& w, const QuantizedRows& a, Epilogue epilogue,
                                                 std::size_t row, std::size_t token, float* out,
                                                 std::size_t out_stride) noexcept {
  if constexpr (kTokens > 0) {
    if (a.n_tokens - token == kTokens)
      return multiply_block<Arch, kTiles, kTokens>(w, a, epilogue, row, token, out, out_stride);
    multiply_tail<Arch, kTiles, kTokens - 1>(w, a, epilogue, row, token, out, out_stride);
  }
}

template <class Arch, std::size_t kTiles>
[[gnu::always_inline]] inline void multiply_tiles(const PackedMatrix& w, const QuantizedRows& a, Epilogue epilogue,
                                                  std::size_t row, float* out, std::size_t out_stride) noexcept {
  constexpr std::size_t kTokens = Arch::kBlockTokens;
  std::size_t token = 0;
  for (; token + kTokens <= a.n_tokens; token += kTokens) {
    multiply_block<Arch, kTiles, kTokens>(w, a, epilogue, row, token, out, out_stride);
  }
  multiply_tail<Arch, kTiles, kTokens - 1>(w, a, epilogue, row, token, out, out_stride);
}

template <class Arch>
void gemm_u7i8(const PackedMatrix& w, const QuantizedRows& a, Epilogue epilogue, float* out,
               std::size_t out_stride) noexcept {
  constexpr std::size_t kBlockRows = Arch::kBlockTiles * kTileRows;
  std::size_t row = 0;
  for (; row + kBlockRows <= w.rows; row += kBlockRows) {
    multiply_tiles<Arch, Arch::kBlockTiles>(w, a, epilogue, row, out, out_stride);
  }
  if constexpr (Arch::kBlockTiles > 1) {
    for (; row < w.rows; row += kTileRows) multiply_tiles<Arch, 1>(w, a, epilogue, row, out, out_stride);
  }
}

}  // namespace mgt::detail
