// Row-major integers into the tiles that the matrix kernels read (layout: kernels/tile_layout.hpp).
#pragma once

#include <cstdint>

#include "kernels/table.hpp"

namespace mgt::detail {

/// Writes row `r` of a matrix into its tiles; returns the sum of the row.
///
/// row  [matrix.cols]; int4: values in [-8, 7]. The rows of a group are written in ascending order.
std::int32_t pack_row(const std::int8_t* row, std::uint32_t r, const PackedMatrix& matrix) noexcept;

}  // namespace mgt::detail
