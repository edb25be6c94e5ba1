// One matrix product under way, and what happens to its integer sums: zero point, scales, residual or ReLU.
#pragma once

#include "kernels/lanes.hpp"
#include "kernels/table.hpp"

namespace mgt::detail {

inline constexpr std::size_t kTileColumns = 4;
inline constexpr std::size_t kTileBytes = 64;  ///< of one load step: 4 columns of 16 rows in int8, of 32 rows in int4

/// How much of a product stands in registers: `parts` registers of each of `groups` row groups, times `tokens`, times
/// tile columns that have sums of their own. Several groups only with all of their parts; several columns (4, as every
/// matrix has a multiple of that) only of one group and one token.
struct BlockShape {
  std::size_t groups, parts, tokens, columns = 1;

  constexpr BlockShape with_groups(std::size_t n) const noexcept { return {n, parts, tokens}; }
  constexpr BlockShape with_tokens(std::size_t n) const noexcept { return {groups, parts, n}; }
  constexpr BlockShape with_one_column() const noexcept { return {groups, parts, tokens}; }
};

struct Product {
  const PackedMatrix& w;
  const QuantizedRows& a;
  Epilogue epilogue;
  float* out;
  std::size_t out_stride;
  const std::int32_t* offsets;  ///< [tokens]: what the sums of a token have too much in every row; int4 only

  /// The first tile of `row`, one of the first 16 rows of a group of `group_rows`.
  const std::int8_t* weights(std::size_t row, std::size_t group_rows) const noexcept {
    return w.weights + row / group_rows * group_bytes() + row % group_rows * kTileColumns;
  }
  std::size_t group_bytes() const noexcept { return w.cols / kTileColumns * kTileBytes; }
  const std::uint8_t* activations(std::size_t token) const noexcept { return a.values + token * a.stride; }
};

/// Per row what the sums of a register of rows are finished with.
template <class Arch>
struct RowConstants {
  IntBatch<Arch> row_sums;
  FloatBatch<Arch> scales;

  RowConstants(const Product& p, std::size_t row) noexcept
      : row_sums(IntBatch<Arch>::load_unaligned(p.w.row_sums + row)),
        scales(FloatBatch<Arch>::load_unaligned(p.w.scales + row)) {}
};

/// Turns the sums of one register of rows and one token into results. By value and without closures over the sums: GCC
/// 12 keeps an array of registers in memory once anything takes its address.
template <class Arch>
[[gnu::always_inline]] inline void finish(const Product& p, const RowConstants<Arch>& rows, IntBatch<Arch> sums,
                                          std::size_t row, std::size_t token) noexcept {
  using Floats = FloatBatch<Arch>;
  const IntBatch<Arch> centred = sums - IntBatch<Arch>(p.a.zero_points[token]) * rows.row_sums;
  Floats y = xsimd::to_float(centred) * (rows.scales * Floats(p.a.scales[token]));
  float* to = p.out + token * p.out_stride + row;
  if (p.epilogue == Epilogue::add) y = Floats::load_unaligned(to) + y;
  if (p.epilogue == Epilogue::relu) y = max_of<Arch>(y, Floats(0.0f));
  y.store_unaligned(to);
}

}  // namespace mgt::detail
