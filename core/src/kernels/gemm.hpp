// The matrix product: blocks of row tiles times tokens. One token streams the weights at the memory's pace; a token
// that is mostly zeros (behind a ReLU) reads only the weights it needs.
#pragma once

#include "kernels/active_columns.hpp"
#include "kernels/sum_block.hpp"

namespace mgt::detail {

/// Where the product of a block goes.
struct Output {
  Epilogue epilogue;
  float* data;
  std::size_t stride;
};

/// Rows [row, row + 16 * kTiles) times tokens [token, token + kTokens).
template <class Arch, std::size_t kTiles, std::size_t kTokens>
[[gnu::noinline]] void multiply_block(const PackedMatrix& w, const QuantizedRows& a, const Output& out, std::size_t row,
                                      std::size_t token) noexcept {
  const std::size_t tile_stride = std::size_t{w.cols} * kTileRows;
  const std::int8_t* weights = w.weights + row * w.cols;
  const std::uint8_t* activations = a.values + token * a.stride;
  SumBlock<Arch, kTiles, kTokens> block;
  for (std::size_t c = 0; c < w.cols; c += kTileColumns) {
    block.add(weights, tile_stride, activations + c, a.stride);
    weights += kTileBytes;
  }
  block.store(w, a, out.epilogue, row, token, out.data, out.stride);
}

/// The last tokens before `end`, at most kTokens: calls the block of exactly that many.
template <class Arch, std::size_t kTiles, std::size_t kTokens>
[[gnu::always_inline]] inline void multiply_tail(const PackedMatrix& w, const QuantizedRows& a, const Output& out,
                                                 std::size_t row, std::size_t token, std::size_t end) noexcept {
  if constexpr (kTokens > 0) {
    if (end - token == kTokens) return multiply_block<Arch, kTiles, kTokens>(w, a, out, row, token);
    multiply_tail<Arch, kTiles, kTokens - 1>(w, a, out, row, token, end);
  }
}

template <class Arch, std::size_t kTiles>
[[gnu::always_inline]] inline void multiply_tiles(const PackedMatrix& w, const QuantizedRows& a, const Output& out,
                                                  std::size_t row, std::size_t first, std::size_t end) noexcept {
  constexpr std::size_t kTokens = Arch::kBlockTokens;
  for (; first + kTokens <= end; first += kTokens) multiply_block<Arch, kTiles, kTokens>(w, a, out, row, first);
  multiply_tail<Arch, kTiles, kTokens - 1>(w, a, out, row, first, end);
}

/// All rows times tokens [first, end).
template <class Arch>
void multiply_tokens(const PackedMatrix& w, const QuantizedRows& a, const Output& out, std::size_t first,
                     std::size_t end) noexcept {
  std::size_t row = 0;
  if (end - first == 1) {
    constexpr std::size_t kTiles = Arch::kOneTokenTiles;
    for (; row + kTiles * kTileRows <= w.rows; row += kTiles * kTileRows) {
      multiply_block<Arch, kTiles, 1>(w, a, out, row, first);
    }
  } else {
    constexpr std::size_t kTiles = Arch::kBlockTiles;
    for (; row + kTiles * kTileRows <= w.rows; row += kTiles * kTileRows) {
      multiply_tiles<Arch, kTiles>(w, a, out, row, first, end);
    }
  }
  for (; row < w.rows; row += kTileRows) multiply_tiles<Arch, 1>(w, a, out, row, first, end);
}

/// Rows [row, row + 16 * kTiles) times one token of which only some columns count.
template <class Arch, std::size_t kTiles>
[[gnu::noinline]] void multiply_active(const PackedMatrix& w, const QuantizedRows& a, const Output& out,
                                       std::size_t row, std::size_t token, const ActiveColumns<Arch>& active) noexcept {
  const std::size_t tile_stride = std::size_t{w.cols} * kTileRows;
  const std::int8_t* weights = w.weights + row * w.cols;
  const std::uint8_t* activations = a.values + token * a.stride;
  SumBlock<Arch, kTiles, 1> block;
  for (std::size_t i = 0; i < active.count; ++i) {
    const std::size_t column = active.columns[i];
    block.add(weights + column * kTileBytes, tile_stride, activations + column * kTileColumns, 0);
  }
  block.store(w, a, out.epilogue, row, token, out.data, out.stride);
}

template <class Arch>
void gemm_u7i8(const PackedMatrix& w, const QuantizedRows& a, Epilogue epilogue, float* data,
               std::size_t stride) noexcept {
  constexpr std::size_t kTiles = Arch::kOneTokenTiles;
  const Output out = {epilogue, data, stride};
  std::size_t dense = 0;  // tokens [dense, t) wait to be multiplied as a block
  for (std::size_t t = 0; t < a.n_tokens; ++t) {
    if (a.zero_points[t] != 0 || w.cols > ActiveColumns<Arch>::kMaxColumns) continue;
    const ActiveColumns<Arch> active(a.values + t * a.stride, w.cols);
    if (!active.worth_it(w.cols)) continue;
    if (dense < t) multiply_tokens<Arch>(w, a, out, dense, t);
    dense = t + 1;
    std::size_t row = 0;
    for (; row + kTiles * kTileRows <= w.rows; row += kTiles * kTileRows) {
      multiply_active<Arch, kTiles>(w, a, out, row, t, active);
    }
    for (; row < w.rows; row += kTileRows) multiply_active<Arch, 1>(w, a, out, row, t, active);
  }
  if (dense < a.n_tokens) multiply_tokens<Arch>(w, a, out, dense, a.n_tokens);
}

}  // namespace mgt::detail
