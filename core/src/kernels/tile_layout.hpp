// How weights lie in the 64 bytes of a tile: 4 columns of a row group. A build has one layout per weight format, so
// that all its kernel tables read the same matrices.
//
// A tile is an array of lanes, little endian integers of 8 or 16 bits. A lane stacks the weights of several rows, one
// digit above the other, so that a kernel may multiply the whole lane and tell the rows apart by what the sums under
// successive masks differ in (stacked_block.hpp). Bytes are packed as files have them where the byte product is cheap.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mgt::detail {

inline constexpr std::size_t kTileColumns = 4;
inline constexpr std::size_t kTileBytes = 64;
inline constexpr std::size_t kMostColumns = std::size_t{1} << 17;  ///< of a matrix: beyond it a dot may leave int32

struct TileLayout {
  std::size_t group_rows;
  std::size_t lane_bits;
  std::size_t digit_bits;  ///< the uppermost digit is the weight in two's complement, the others are it plus half()

  constexpr std::size_t digits() const noexcept { return lane_bits / digit_bits; }
  /// Rows that differ in their lanes; row r of a group has digit r / lane_rows().
  constexpr std::size_t lane_rows() const noexcept { return group_rows / digits(); }
  /// Registers of 16 bytes that hold the columns of 4 rows: lanes of 16 bits take columns 0 and 2, then 1 and 3.
  constexpr std::size_t registers() const noexcept { return lane_bits / 8; }
  constexpr std::int32_t half() const noexcept { return 1 << (digit_bits - 1); }
  /// What is added to a weight before it becomes digit `digit`.
  constexpr std::int32_t bias(std::size_t digit) const noexcept { return digit + 1 == digits() ? 0 : half(); }
  constexpr bool has_bias() const noexcept { return bias(0) != 0; }
  /// Where 4 columns of row r of a group begin in a tile; with lanes of 16 bits, the odd ones 16 bytes further on.
  constexpr std::size_t offset(std::size_t r) const noexcept {
    const std::size_t lane_row = r % lane_rows();
    return registers() == 1 ? lane_row * 4 : lane_row / 4 * 32 + lane_row % 4 * 4;
  }
  /// The lane of row r and column c of a tile, as a signed integer.
  constexpr std::int32_t lane(const std::int8_t* tile, std::size_t r, std::size_t c) const noexcept {
    if (registers() == 1) return tile[offset(r) + c];
    const std::int8_t* at = tile + offset(r) + c % 2 * 16 + c / 2 * 2;
    return at[1] * 256 + static_cast<std::uint8_t>(at[0]);
  }
  /// The weight that is one digit of a lane.
  constexpr std::int32_t weight_in(std::int32_t lane, std::size_t digit) const noexcept {
    const std::int32_t upper = lane >> digit * digit_bits;
    return bias(digit) == 0 ? upper : (upper & ((1 << digit_bits) - 1)) - half();
  }
  /// The weight of row r and column c of a tile.
  constexpr std::int32_t weight(const std::int8_t* tile, std::size_t r, std::size_t c) const noexcept {
    return weight_in(lane(tile, r, c), r / lane_rows());
  }
};

#if !defined(__wasm__) || defined(MGT_WASM_RELAXED)
inline constexpr TileLayout kInt8Tiles = {16, 8, 8};
inline constexpr TileLayout kInt4Tiles = {32, 8, 4};
#elif defined(MGT_WASM_SIMD128)
inline constexpr TileLayout kInt8Tiles = {16, 16, 8};
inline constexpr TileLayout kInt4Tiles = {32, 16, 4};
#else
#error "define MGT_WASM_RELAXED or MGT_WASM_SIMD128: which of the two wasm builds is this?"
#endif

}  // namespace mgt::detail
