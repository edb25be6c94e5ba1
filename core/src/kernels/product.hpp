// One matrix product under way, and what happens to its integer sums: zero point, scales, residual or ReLU.
#pragma once

#include <type_traits>

#include "kernels/lanes.hpp"
#include "kernels/table.hpp"
#include "kernels/tile_layout.hpp"

namespace mgt::detail {

/// How much of a product stands in registers: `parts` registers of each of `groups` row groups, times `tokens`, times
/// tile columns that have sums of their own. Several groups only with all of their parts; several columns (4, as every
/// matrix has a multiple of that) only of one group and one token.
struct BlockShape {
  std::size_t groups, parts, tokens, columns = 1;

  constexpr BlockShape with_groups(std::size_t n) const noexcept { return {n, parts, tokens}; }
  constexpr BlockShape with_tokens(std::size_t n) const noexcept { return {groups, parts, n}; }
  constexpr BlockShape with_one_column() const noexcept { return {groups, parts, tokens}; }
};

/// Every register of an array of any shape becomes `zero`.
template <class Registers, class Register>
[[gnu::always_inline]] inline void clear(Registers& registers, Register zero) noexcept {
  if constexpr (std::is_array_v<Registers>) {
    for (auto& part : registers) clear(part, zero);
  } else {
    registers = zero;
  }
}

struct Product {
  const PackedMatrix& w;
  const QuantizedRows& a;
  Epilogue epilogue;
  float* out;
  std::size_t out_stride;
  const std::int32_t* offsets;  ///< [tokens]: what biased weights add to every sum of a token; null without a bias

  /// Where `row`, a multiple of 4 and of the lowest digit, begins in its first tile.
  const std::int8_t* weights(std::size_t row, const TileLayout& layout) const noexcept {
    return w.weights + row / layout.group_rows * group_bytes() + layout.offset(row % layout.group_rows);
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
