// Rows of bytes found by the hash of the text that led to them: a set-associative table, like a processor's cache.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "replay/text.hpp"
#include "snapshot/format.hpp"
#include "snapshot/fwd.hpp"

namespace mgt::replay {

/// What a row belongs to: a depth, and the text whose hash this is.
struct RowKey {
  std::uint64_t hash = 0;
  std::uint32_t layers = 0;
};

/// A key stands in one set of kWays rows; in a full set the row that was used longest ago makes room. Finding and
/// placing look at one set and no further, whatever the history holds.
class RowTable {
 public:
  static constexpr std::uint32_t kWays = 8;

  struct Entry {
    Position position;  ///< where the row's text ended when it occurred last
    std::uint32_t tag;
    std::uint32_t layers;  ///< 0: empty
  };
  struct Row {
    Entry* entry = nullptr;
    std::byte* bytes = nullptr;
    explicit operator bool() const noexcept { return entry != nullptr; }
  };

  /// n_rows is rounded up to whole sets; 0 gives a table that keeps nothing. row_bytes is a multiple of 64.
  static std::size_t plan_bytes(std::size_t n_rows, std::size_t row_bytes) noexcept;

  RowTable() = default;
  /// storage  plan_bytes(...) bytes, 64-byte aligned, outliving the table; initialised by reset()
  RowTable(std::span<std::byte> storage, std::size_t n_rows, std::size_t row_bytes) noexcept;

  /// Empties the table. Rows keep stale bytes that nothing refers to: clearing them would touch all of the memory.
  void reset() noexcept;

  /// The row of `key` for which verify(position) says that the text there is the one meant.
  template <class Verify>
  Row find(const RowKey& key, Verify&& verify) const noexcept {
    if (n_sets_ == 0) return {};
    Entry* set = entries_ + set_of(key) * kWays;
    for (std::uint32_t way = 0; way < kWays; ++way) {
      if (set[way].tag != tag_of(key) || set[way].layers != key.layers) continue;
      if (verify(set[way].position)) return {set + way, bytes_of(set + way)};
    }
    return {};
  }

  /// A row for `key`, whose text ends at `position`. The caller fills its bytes. An earlier row of equal hash is
  /// replaced: it is of other text, or of the same and has the same bits.
  Row place(const RowKey& key, Position position) noexcept;

  /// Fetches what find() of this key will look at.
  void prefetch(const RowKey& key) const noexcept {
    const auto* set = reinterpret_cast<const std::byte*>(entries_ + set_of(key) * kWays);
    for (std::size_t i = 0; i < kWays * sizeof(Entry); i += 64) __builtin_prefetch(set + i);
  }
  void prefetch(const Row& row) const noexcept {
    for (std::size_t i = 0; i < row_bytes_; i += 64) __builtin_prefetch(row.bytes + i);
  }
  /// Fetches the row that place() will give for this key.
  void prefetch_victim(const RowKey& key) const noexcept {
    const std::byte* row = bytes_of(choose(key));
    for (std::size_t i = 0; i < row_bytes_; i += 64) __builtin_prefetch(row + i, 1);
  }

  /// The rows in use, each in its place; transfer_row(bytes) does what a row holds.
  ///
  /// layers, end  what an entry's layers and (below end) position may be
  template <class TransferRow>
  void transfer(snapshot::Archive& archive, snapshot::Range<std::uint32_t> layers, Position end,
                TransferRow&& transfer_row) noexcept;

 private:
  Entry* choose(const RowKey& key) const noexcept;
  std::size_t set_of(const RowKey& key) const noexcept {
    return static_cast<std::size_t>((key.hash >> 32) * n_sets_ >> 32);
  }
  static std::uint32_t tag_of(const RowKey& key) noexcept { return static_cast<std::uint32_t>(key.hash); }
  std::byte* bytes_of(const Entry* entry) const noexcept {
    return rows_ + static_cast<std::size_t>(entry - entries_) * row_bytes_;
  }

  std::size_t n_sets_ = 0;
  std::size_t row_bytes_ = 0;
  Entry* entries_ = nullptr;
  std::byte* rows_ = nullptr;
};

}  // namespace mgt::replay
