// The product by matrix tiles (Intel AMX): 32 tokens times 32 weight rows stand in four tiles of sums.
//
// Written over the eight tiles of the hardware as static functions, so that a test can run it on tiles of its own:
// configure(rows of tiles 4 and 5), zero<T>(), load<T>(), dot<C, A, B>(), store<T>() and release(). A tile has up to
// 16 rows of 64 bytes. 16 tile columns of a row group are one tile of weights as dot() wants them.
#pragma once

#include "kernels/product.hpp"

namespace mgt::detail {

inline constexpr std::size_t kAmxRows = 16;     ///< of a tile: tokens, weight rows or groups of 4 columns
inline constexpr std::size_t kAmxColumns = 64;  ///< activations of one token in a tile
inline constexpr std::size_t kAmxTokens = 2 * kAmxRows;

/// The sums of tile `tile`: tokens from `token` on, at most 16, times the 16 weight rows from `row` on.
template <class Arch, class Tiles, int tile>
void finish_tile(const Product& p, std::size_t row, std::size_t token, std::size_t n_tokens) noexcept {
  using Ints = IntBatch<Arch>;
  alignas(64) std::int32_t sums[kAmxRows * kAmxRows];
  Tiles::template store<tile>(sums, kAmxRows * sizeof(std::int32_t));
  for (std::size_t r = 0; r < kAmxRows; r += Ints::size) {
    const RowConstants<Arch> rows(p, row + r);
    for (std::size_t t = 0; t < n_tokens; ++t) {
      finish<Arch>(p, rows, Ints::load_unaligned(sums + t * kAmxRows + r), row + r, token + t);
    }
  }
}

/// `n_groups` row groups (1 or 2) from `row` on times n_tokens tokens from `token` on: more than 16 where `two_tiles`,
/// at most 16 otherwise.
template <class Arch, class Tiles, std::size_t n_groups, bool two_tiles>
void multiply_tiles(const Product& p, std::size_t row, std::size_t token, std::size_t n_tokens) noexcept {
  constexpr std::size_t kTileOfWeights = kAmxRows * kTileBytes;
  const std::int8_t* weights = p.weights(row, kInt8Tiles);
  const std::uint8_t* activations = p.activations(token);
  Tiles::template zero<0>();
  if constexpr (n_groups == 2) Tiles::template zero<1>();
  if constexpr (two_tiles) Tiles::template zero<2>();
  if constexpr (n_groups == 2 && two_tiles) Tiles::template zero<3>();
  for (std::size_t c = 0; c < p.w.cols; c += kAmxColumns, weights += kTileOfWeights, activations += kAmxColumns) {
    Tiles::template load<4>(activations, p.a.stride);
    if constexpr (two_tiles) Tiles::template load<5>(activations + kAmxRows * p.a.stride, p.a.stride);
    Tiles::template load<6>(weights, kTileBytes);
    Tiles::template dot<0, 4, 6>();
    if constexpr (two_tiles) Tiles::template dot<2, 5, 6>();
    if constexpr (n_groups == 2) {
      Tiles::template load<7>(weights + p.group_bytes(), kTileBytes);
      Tiles::template dot<1, 4, 7>();
      if constexpr (two_tiles) Tiles::template dot<3, 5, 7>();
    }
  }
  const std::size_t first_tokens = two_tiles ? kAmxRows : n_tokens;
  finish_tile<Arch, Tiles, 0>(p, row, token, first_tokens);
  if constexpr (n_groups == 2) finish_tile<Arch, Tiles, 1>(p, row + kAmxRows, token, first_tokens);
  if constexpr (two_tiles) {
    finish_tile<Arch, Tiles, 2>(p, row, token + kAmxRows, n_tokens - kAmxRows);
    if constexpr (n_groups == 2) finish_tile<Arch, Tiles, 3>(p, row + kAmxRows, token + kAmxRows, n_tokens - kAmxRows);
  }
}

template <class Arch, class Tiles, bool two_tiles>
void multiply_token_block(const Product& p, std::size_t token, std::size_t n_tokens) noexcept {
  Tiles::configure(two_tiles ? kAmxRows : n_tokens, two_tiles ? n_tokens - kAmxRows : kAmxRows);
  std::size_t row = 0;
  for (; row + 2 * kAmxRows <= p.w.rows; row += 2 * kAmxRows) {
    multiply_tiles<Arch, Tiles, 2, two_tiles>(p, row, token, n_tokens);
  }
  if (row < p.w.rows) multiply_tiles<Arch, Tiles, 1, two_tiles>(p, row, token, n_tokens);
}

/// KernelTable::gemm_u7i8 for columns that are a multiple of 64.
template <class Arch, class Tiles>
void tile_gemm(const PackedMatrix& w, const QuantizedRows& a, Epilogue epilogue, float* out,
               std::size_t out_stride) noexcept {
  const Product p = {w, a, epilogue, out, out_stride, nullptr};
  for (std::size_t token = 0; token < a.n_tokens; token += kAmxTokens) {
    const std::size_t n = a.n_tokens - token < kAmxTokens ? a.n_tokens - token : kAmxTokens;
    if (n > kAmxRows) {
      multiply_token_block<Arch, Tiles, true>(p, token, n);
    } else {
      multiply_token_block<Arch, Tiles, false>(p, token, n);
    }
  }
  Tiles::release();
}

}  // namespace mgt::detail
