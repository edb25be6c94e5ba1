// The matrix product: blocks of weight rows times tokens. One token streams the weights at the memory's pace; a token
// that is mostly zeros (behind a ReLU) reads only the weights it needs.
#pragma once

#include <type_traits>

#include "kernels/active_columns.hpp"
#include "kernels/column_blocks.hpp"
#include "kernels/int8_block.hpp"
#include "kernels/stacked_block.hpp"

namespace mgt::detail {

/// The weights' formats: how their tiles lie, which block multiplies them, and in what shapes.
template <class A>
struct Int8Format {
  using Arch = A;
  static constexpr const TileLayout& kLayout = kInt8Tiles;
  template <BlockShape shape>
  using Block =
      std::conditional_t<(kInt8Tiles.digits() > 1), StackedBlock<Arch, kInt8Tiles, shape>, Int8Block<Arch, shape>>;
  static constexpr BlockShape kOneToken = Arch::kInt8OneToken;
  static constexpr BlockShape kActiveColumns = Arch::kInt8ActiveColumns;
  static constexpr BlockShape kManyTokens = Arch::kInt8ManyTokens;
};
template <class A>
struct Int4Format {
  using Arch = A;
  static constexpr const TileLayout& kLayout = kInt4Tiles;
  template <BlockShape shape>
  using Block = StackedBlock<Arch, kInt4Tiles, shape>;
  static constexpr BlockShape kOneToken = Arch::kInt4OneToken;
  static constexpr BlockShape kActiveColumns = Arch::kInt4ActiveColumns;
  static constexpr BlockShape kManyTokens = Arch::kInt4ManyTokens;
};

/// Calls add(i) for i in [0, n), and flush() at the end and as often as the block needs it before. A block that has
/// room for everything gets one plain loop: GCC 12 keeps the sums in memory otherwise.
template <class Block, class Add>
[[gnu::always_inline]] inline void add_all(Block& block, std::size_t n, Add add) noexcept {
  if constexpr (Block::kFlushSteps == 0) {
    for (std::size_t i = 0; i < n; ++i) add(i);
    block.flush();
  } else {
    for (std::size_t i = 0; i < n;) {
      const std::size_t end = n - i < Block::kFlushSteps ? n : i + Block::kFlushSteps;
      for (; i < end; ++i) add(i);
      block.flush();
    }
  }
}

template <class Format, BlockShape shape>
using BlockOf =
    std::conditional_t<shape.columns == 1, typename Format::template Block<shape.with_one_column()>,
                       ColumnBlocks<typename Format::template Block<shape.with_one_column()>, shape.columns>>;

/// The block of rows from `row` on times the tokens from `token` on.
template <class Format, BlockShape shape>
[[gnu::noinline]] void multiply_block(const Product& p, std::size_t row, std::size_t token) noexcept {
  BlockOf<Format, shape> block;
  const std::int8_t* weights = p.weights(row, Format::kLayout);
  const std::uint8_t* activations = p.activations(token);
  const std::size_t group_bytes = p.group_bytes();
  const std::size_t token_stride = p.a.stride;
  add_all(block, p.w.cols / (kTileColumns * shape.columns), [&](std::size_t) {
    block.add(weights, group_bytes, activations, token_stride);
    weights += kTileBytes * shape.columns;
    activations += kTileColumns * shape.columns;
  });
  block.store(p, row, token);
}

/// The same for one token of which only some columns count.
template <class Format, BlockShape shape, class Arch>
[[gnu::noinline]] void multiply_active(const Product& p, std::size_t row, std::size_t token,
                                       const ActiveColumns<Arch>& active) noexcept {
  typename Format::template Block<shape> block;
  const std::int8_t* weights = p.weights(row, Format::kLayout);
  const std::uint8_t* activations = p.activations(token);
  const std::size_t group_bytes = p.group_bytes();
  add_all(block, active.count, [&](std::size_t i) {
    const std::size_t tile = active.columns[i];
    block.add(weights + tile * kTileBytes, group_bytes, activations + tile * kTileColumns, 0);
  });
  block.store(p, row, token);
}

/// Calls multiply(row, shape) for blocks that cover all rows: `shape.groups` groups at once, then the others singly.
template <class Format, BlockShape shape, class Multiply>
[[gnu::always_inline]] inline void for_each_block(const Product& p, Multiply multiply) noexcept {
  constexpr std::size_t kRows = shape.groups * Format::kLayout.group_rows;
  constexpr std::size_t kPartRows = shape.parts * IntBatch<typename Format::Arch>::size;
  std::size_t row = 0;
  for (; row + kRows <= p.w.rows; row += kRows) {
    for (std::size_t part = 0; part < Format::kLayout.lane_rows(); part += kPartRows) {
      multiply.template operator()<shape>(row + part);
    }
  }
  if constexpr (shape.groups > 1) {
    for (; row < p.w.rows; row += Format::kLayout.group_rows) multiply.template operator()<shape.with_groups(1)>(row);
  }
}

/// Tokens [token, end), at least 2 and at most shape.tokens: calls the block of exactly that many.
template <class Format, BlockShape shape>
[[gnu::always_inline]] inline void multiply_few(const Product& p, std::size_t row, std::size_t token,
                                                std::size_t end) noexcept {
  if constexpr (shape.tokens > 1) {
    if (end - token == shape.tokens) return multiply_block<Format, shape>(p, row, token);
    multiply_few<Format, shape.with_tokens(shape.tokens - 1)>(p, row, token, end);
  }
}

/// All rows times tokens [first, end), in blocks of nearly one size: what a block reads and finishes is shared by its
/// tokens. Blocks of two cannot share out an odd number: the last token goes alone, by code that steps keep optimised
/// where code is compiled as it runs.
template <class Format>
void multiply_tokens(const Product& p, std::size_t first, std::size_t end) noexcept {
  const std::size_t n_tokens = end - first;
  if (n_tokens == 1 || (Format::kManyTokens.tokens == 2 && n_tokens % 2 == 1)) {
    --end;
    for_each_block<Format, Format::kOneToken>(
        p, [&]<BlockShape shape>(std::size_t row) { multiply_block<Format, shape>(p, row, end); });
  }
  if (first == end) return;
  for_each_block<Format, Format::kManyTokens>(p, [&]<BlockShape shape>(std::size_t row) {
    std::size_t token = first;
    for (std::size_t left = (end - first + shape.tokens - 1) / shape.tokens; left > 0; --left) {
      const std::size_t n = (end - token + left - 1) / left;
      multiply_few<Format, shape>(p, row, token, token + n);
      token += n;
    }
  });
}

/// Tokens that are mostly zeros one by one, the others in blocks.
template <class Format>
void multiply_all(const Product& p) noexcept {
  using Active = ActiveColumns<typename Format::Arch>;
  std::size_t dense = 0;  // tokens [dense, t) wait to be multiplied as a block
  for (std::size_t t = 0; t < p.a.n_tokens; ++t) {
    if (p.a.zero_points[t] != 0 || p.w.cols > Active::kMaxColumns) continue;
    const Active active(p.activations(t), p.w.cols);
    if (!active.worth_it(p.w.cols)) continue;
    if (dense < t) multiply_tokens<Format>(p, dense, t);
    dense = t + 1;
    for_each_block<Format, Format::kActiveColumns>(
        p, [&]<BlockShape shape>(std::size_t row) { multiply_active<Format, shape>(p, row, t, active); });
  }
  if (dense < p.a.n_tokens) multiply_tokens<Format>(p, dense, p.a.n_tokens);
}

/// The product in one of the formats. A bias of the weights adds the same to every sum of a token: it is taken off at
/// the end.
template <class Format>
void gemm(const PackedMatrix& w, const QuantizedRows& a, Epilogue epilogue, float* out,
          std::size_t out_stride) noexcept {
  if constexpr (!Format::kLayout.has_bias()) {
    multiply_all<Format>({w, a, epilogue, out, out_stride, nullptr});
  } else {
    constexpr std::size_t kTokensAtOnce = 64;
    std::int32_t offsets[kTokensAtOnce];
    for (std::size_t first = 0; first < a.n_tokens; first += kTokensAtOnce) {
      const std::size_t n = a.n_tokens - first < kTokensAtOnce ? a.n_tokens - first : kTokensAtOnce;
      const QuantizedRows rows = {a.values + first * a.stride, a.scales + first, a.zero_points + first, a.stride, n};
      for (std::size_t t = 0; t < n; ++t) {
        offsets[t] = Format::kLayout.half() * Format::Arch::sum(rows.values + t * a.stride, w.cols);
      }
      multiply_all<Format>({w, rows, epilogue, out + first * out_stride, out_stride, offsets});
    }
  }
}

}  // namespace mgt::detail
