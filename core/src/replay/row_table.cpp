#include "replay/row_table.hpp"

#include <algorithm>

#include "storage.hpp"

namespace mgt::replay {
namespace {

std::size_t sets_for(std::size_t n_rows) noexcept {
  return (n_rows + RowTable::kWays - 1) / RowTable::kWays;
}

}  // namespace

std::size_t RowTable::plan_bytes(std::size_t n_rows, std::size_t row_bytes) noexcept {
  const std::size_t n = sets_for(n_rows) * kWays;
  return aligned_size(n * sizeof(Entry)) + aligned_size(n * row_bytes);
}

RowTable::RowTable(std::span<std::byte> storage, std::size_t n_rows, std::size_t row_bytes) noexcept
    : n_sets_(sets_for(n_rows)), row_bytes_(row_bytes) {
  Carver carver(storage);
  entries_ = carver.array<Entry>(n_sets_ * kWays);
  rows_ = carver.bytes(n_sets_ * kWays * row_bytes).data();
  // Touched now, so that no step pays for the system's handing out of fresh pages.
  std::fill_n(rows_, n_sets_ * kWays * row_bytes, std::byte{});
}

void RowTable::reset() noexcept {
  std::fill_n(entries_, n_sets_ * kWays, Entry{});
}

RowTable::Entry* RowTable::choose(const RowKey& key) const noexcept {
  Entry* set = entries_ + set_of(key) * kWays;
  Entry* chosen = set;
  for (Entry* entry = set; entry != set + kWays; ++entry) {
    if (entry->tag == tag_of(key) && entry->layers == key.layers) return entry;
    if (chosen->layers != 0 && (entry->layers == 0 || entry->position < chosen->position)) chosen = entry;
  }
  return chosen;
}

RowTable::Row RowTable::place(const RowKey& key, Position position) noexcept {
  if (n_sets_ == 0) return {};
  Entry* chosen = choose(key);
  *chosen = {position, tag_of(key), key.layers};
  return {chosen, bytes_of(chosen)};
}

}  // namespace mgt::replay
