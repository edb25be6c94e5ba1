// Row-major int8 into the tiles that the matrix kernels read (layout: kernels/table.hpp).
#pragma once

#include <cstdint>

namespace mgt::detail {

/// Writes row `r` of a matrix of `cols` columns into its tiles; returns the sum of the row.
///
/// tiles  start of the packed matrix, ceil(rows / 16) * 16 * cols bytes
/// row    [cols], cols a multiple of 4
std::int32_t pack_row(const std::int8_t* row, std::uint32_t r, std::uint32_t cols, std::int8_t* tiles) noexcept;

}  // namespace mgt::detail
