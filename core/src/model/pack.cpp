#include "model/pack.hpp"

#include <cassert>
#include <cstddef>
#include <cstring>

namespace mgt::detail {
namespace {

constexpr std::size_t kTileRows = 16;  // of one half of an int4 tile
constexpr std::size_t kTileCols = 4;
constexpr std::size_t kTileBytes = kTileRows * kTileCols;

}  // namespace

std::int32_t pack_row(const std::int8_t* row, std::uint32_t r, const PackedMatrix& matrix) noexcept {
  const bool is_int4 = matrix.format == WeightFormat::int4;
  const std::size_t group_rows = is_int4 ? 2 * kTileRows : kTileRows;
  const std::size_t group_bytes = matrix.cols / kTileCols * kTileBytes;
  // The block is the loader's and still being filled; only readers see it as const.
  auto* to = const_cast<std::int8_t*>(matrix.weights) + r / group_rows * group_bytes + r % kTileRows * kTileCols;
  const bool is_high = r % group_rows >= kTileRows;
  std::int32_t sum = 0;
  for (std::size_t c = 0; c < matrix.cols; c += kTileCols, to += kTileBytes) {
    for (std::size_t k = 0; k < kTileCols; ++k) {
      const int weight = row[c + k];
      sum += weight;
      if (!is_int4) {
        to[k] = row[c + k];
      } else {
        assert(weight >= -8 && weight <= 7);
        const int nibble = weight + 8;
        to[k] = static_cast<std::int8_t>(is_high ? (to[k] & 15) | nibble << 4 : nibble);
      }
    }
  }
  return sum;
}

}  // namespace mgt::detail
