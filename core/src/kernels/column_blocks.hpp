// One token against one row group, several tile columns at once: the weights are read as one run of memory, which is
// what prefetchers are made for, and the dots do not wait for each other.
#pragma once

#include "kernels/product.hpp"

namespace mgt::detail {

/// n_columns blocks of one row group and one token. Each sums up every n_columns-th tile column; integer sums may be
/// added in any order.
template <class Block, std::size_t n_columns>
struct ColumnBlocks {
  static constexpr std::size_t kFlushSteps = Block::kFlushSteps;
  static constexpr std::size_t kPrefetchBytes = 1024;  ///< beyond the end of a matrix lies the next one

  Block blocks[n_columns];

  [[gnu::always_inline]] void add(const std::int8_t* weights, std::size_t, const std::uint8_t* activations,
                                  std::size_t) noexcept {
#pragma GCC unroll 16
    for (std::size_t c = 0; c < n_columns; ++c) {
      const std::int8_t* tile = weights + c * kTileBytes;
      __builtin_prefetch(tile + kPrefetchBytes);
      blocks[c].add(tile, 0, activations + c * kTileColumns, 0);
    }
  }

  [[gnu::always_inline]] void flush() noexcept {
#pragma GCC unroll 16
    for (std::size_t c = 0; c < n_columns; ++c) blocks[c].flush();
  }

  [[gnu::always_inline]] void store(const Product& product, std::size_t row, std::size_t token) noexcept {
#pragma GCC unroll 16
    for (std::size_t c = 1; c < n_columns; ++c) blocks[0].add_sums(blocks[c]);
    blocks[0].store(product, row, token);
  }
};

}  // namespace mgt::detail
