#include "model/pack.hpp"

#include <cstddef>
#include <cstring>

namespace mgt::detail {

std::int32_t pack_row(const std::int8_t* row, std::uint32_t r, std::uint32_t cols, std::int8_t* tiles) noexcept {
  constexpr std::size_t kTileRows = 16;
  constexpr std::size_t kTileCols = 4;
  constexpr std::size_t kTileBytes = kTileRows * kTileCols;
  std::int8_t* to = tiles + (r / kTileRows) * kTileRows * cols + (r % kTileRows) * kTileCols;
  std::int32_t sum = 0;
  for (std::size_t c = 0; c < cols; c += kTileCols, to += kTileBytes) {
    std::memcpy(to, row + c, kTileCols);
    sum += row[c] + row[c + 1] + row[c + 2] + row[c + 3];
  }
  return sum;
}

}  // namespace mgt::detail
