#include "model/pack.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstring>
#include <span>

namespace mgt::detail {
namespace {

constexpr std::size_t kTileRows = 16;  // of one half of an int4 tile
constexpr std::size_t kTileCols = 4;
constexpr std::size_t kTileBytes = kTileRows * kTileCols;

void place_int8(std::span<const std::int8_t> row, std::int8_t* to) noexcept {
  for (std::size_t c = 0; c < row.size(); c += kTileCols, to += kTileBytes) {
    std::memcpy(to, row.data() + c, kTileCols);
  }
}

void place_int4(std::span<const std::int8_t> row, bool is_high, std::int8_t* to) noexcept {
  for (std::size_t c = 0; c < row.size(); c += kTileCols, to += kTileBytes) {
    for (std::size_t k = 0; k < kTileCols; ++k) {
      const std::int8_t weight = row[c + k];
      assert(weight >= -8 && weight <= 7);
      const int nibble = weight + 8;
      to[k] = static_cast<std::int8_t>(is_high ? (to[k] & 15) | nibble << 4 : nibble);
    }
  }
}

/// Eight at a time, in four 16-bit lanes of a word: WebAssembly runs this before anything is optimised.
/// row  a multiple of 8
std::int32_t sum_of(std::span<const std::int8_t> row) noexcept {
  constexpr std::uint64_t kEvenBytes = 0x00ff00ff00ff00ff;
  constexpr std::uint64_t kSigns = 0x8080808080808080;
  constexpr std::size_t kMost = 8 * 128;  // values that the lanes hold: 2 * 128 * 255 < 2^16
  std::int32_t sum = 0;
  for (std::size_t from = 0; from < row.size(); from += kMost) {
    const auto part = row.subspan(from, std::min(kMost, row.size() - from));
    std::uint64_t lanes = 0;
    for (std::size_t i = 0; i < part.size(); i += sizeof lanes) {
      std::uint64_t word;
      std::memcpy(&word, part.data() + i, sizeof word);
      word ^= kSigns;  // from -128..127 to 0..255
      lanes += (word & kEvenBytes) + (word >> 8 & kEvenBytes);
    }
    for (; lanes != 0; lanes >>= 16) sum += static_cast<std::int32_t>(lanes & 0xffff);
    sum -= 128 * static_cast<std::int32_t>(part.size());
  }
  return sum;
}

}  // namespace

std::int32_t pack_row(const std::int8_t* values, std::uint32_t r, const PackedMatrix& matrix) noexcept {
  const std::span<const std::int8_t> row(values, matrix.cols);
  const bool is_int4 = matrix.format == WeightFormat::int4;
  const std::size_t group_rows = is_int4 ? 2 * kTileRows : kTileRows;
  const std::size_t group_bytes = matrix.cols / kTileCols * kTileBytes;
  // The block is the loader's and still being filled; only readers see it as const.
  auto* to = const_cast<std::int8_t*>(matrix.weights) + r / group_rows * group_bytes + r % kTileRows * kTileCols;
  if (is_int4) {
    place_int4(row, r % group_rows >= kTileRows, to);
  } else {
    place_int8(row, to);
  }
  return sum_of(row);
}

}  // namespace mgt::detail
