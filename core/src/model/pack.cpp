#include "model/pack.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>

#include "kernels/tile_layout.hpp"

namespace mgt::detail {
namespace {

/// `row` as one of the digits of its group's lanes; lower digits are there already.
template <const TileLayout& layout>
void place(std::span<const std::int8_t> row, std::size_t r, std::int8_t* tile) noexcept {
  constexpr std::uint32_t kBytes = 0x01010101;
  constexpr std::uint32_t kEvenBytes = 0x00ff00ff;
  const std::size_t digit = r / layout.lane_rows();
  const std::size_t shift = digit * layout.digit_bits;
  const std::uint32_t flip = kBytes * static_cast<std::uint32_t>(layout.bias(digit));  // adds half to each
  constexpr std::uint32_t kField = kBytes * ((1u << layout.digit_bits) - 1);
  const auto put = [&](std::int8_t* to, std::uint32_t four) {
    std::uint32_t lower = 0;
    if (digit > 0) std::memcpy(&lower, to, sizeof lower);
    lower |= four << shift;
    std::memcpy(to, &lower, sizeof lower);
  };
  tile += layout.offset(r);
  for (std::size_t c = 0; c < row.size(); c += kTileColumns, tile += kTileBytes) {
    std::uint32_t four;
    std::memcpy(&four, row.data() + c, sizeof four);
    four = (four ^ flip) & kField;
    if constexpr (layout.registers() == 1) {
      put(tile, four);
    } else {
      put(tile, four & kEvenBytes);
      put(tile + 16, four >> 8 & kEvenBytes);
    }
  }
}

template <const TileLayout& layout>
void place_in_group(std::span<const std::int8_t> row, std::uint32_t r, std::int8_t* weights) noexcept {
  const std::size_t group_bytes = row.size() / kTileColumns * kTileBytes;
  place<layout>(row, r % layout.group_rows, weights + r / layout.group_rows * group_bytes);
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
  // The block is the loader's and still being filled; only readers see it as const.
  auto* weights = const_cast<std::int8_t*>(matrix.weights);
  if (matrix.format == WeightFormat::int4) {
    place_in_group<kInt4Tiles>(row, r, weights);
  } else {
    place_in_group<kInt8Tiles>(row, r, weights);
  }
  return sum_of(row);
}

}  // namespace mgt::detail
