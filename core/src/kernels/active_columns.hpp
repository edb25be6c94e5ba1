// The tile columns of a token that are not all zero. Behind a ReLU they are few, and a zero activation adds nothing to
// any sum, so leaving the others out changes no bit.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mgt::detail {

template <class Arch>
struct ActiveColumns {
  static constexpr std::size_t kMaxColumns = 16384;

  std::size_t count = 0;
  std::uint16_t columns[kMaxColumns / 4];  ///< groups of 4 columns, ascending

  /// `q` has n_columns activations; n_columns is a multiple of 4.
  ActiveColumns(const std::uint8_t* q, std::size_t n_columns) noexcept {
    for (std::size_t c = 0; c < n_columns / 4; ++c) {
      std::uint32_t four;
      __builtin_memcpy(&four, q + c * 4, 4);
      columns[count] = static_cast<std::uint16_t>(c);
      count += four != 0;
    }
  }

  /// Jumping costs more per column than streaming, and tokens multiplied one by one load the weights each for itself.
  bool worth_it(std::size_t n_columns) const noexcept { return count * 8 <= n_columns; }
};

}  // namespace mgt::detail
