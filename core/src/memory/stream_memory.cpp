#include "memory/stream_memory.hpp"

#include <bit>
#include <cassert>
#include <cstring>

#include "memory/memory_state.hpp"
#include "storage.hpp"

namespace mgt::memory {
namespace {

std::uint32_t floor_log2(std::size_t n) noexcept {
  return static_cast<std::uint32_t>(std::bit_width(n)) - 1;
}

/// Beside its fixed tables, for a history of `bytes` with its index and for the contexts.
constexpr std::size_t least_tables(std::size_t bytes) noexcept {
  return 6 * bytes + 12288;
}

// A byte with this count among others with that count: a first guess, soon replaced by experience.
float first_guess(std::uint32_t situation) noexcept {
  constexpr float kCount[8] = {0.6f, 1.6f, 2.6f, 4, 7, 14, 40, 100};
  constexpr float kOthers[6] = {0, 1, 2.5f, 5, 13, 40};
  if (situation >= kPresent) return 0.02f;
  const float count = kCount[situation % 8], others = kOthers[situation / 8 % 6];
  return count / (count + others + 0.5f);
}

}  // namespace

StreamMemory::Layout StreamMemory::layout_of(const MemoryOptions& options) noexcept {
  Layout l{};
  l.history = aligned_size(sizeof(State));
  l.match_tables = aligned_size(l.history + options.history_bytes + History::kMirror);
  l.log2_matches = floor_log2(options.history_bytes / 2);
  l.slots = l.match_tables + ((sizeof(std::uint32_t) * kMatches) << l.log2_matches);
  l.log2_slots = floor_log2((options.memory_bytes - l.slots) / sizeof(ContextSlot));
  l.total = l.slots + (sizeof(ContextSlot) << l.log2_slots);
  return l;
}

bool StreamMemory::valid(const MemoryOptions& options) noexcept {
  static_assert(kMinMemoryBytes >= sizeof(State) + least_tables(4096));
  const std::size_t h = options.history_bytes;
  return h >= 4096 && h <= (std::size_t{1} << 24) && (h & (h - 1)) == 0 &&
         options.memory_bytes <= (std::size_t{1} << 30) && options.memory_bytes >= kMinMemoryBytes &&
         options.memory_bytes >= sizeof(State) + least_tables(h);
}

std::size_t StreamMemory::plan_bytes(const MemoryOptions& options) noexcept {
  return layout_of(options).total;
}

StreamMemory::StreamMemory(std::span<std::byte> storage, const MemoryOptions& options) noexcept
    : storage_(storage), options_(options), layout_(layout_of(options)) {
  assert(valid(options) && storage.size() >= layout_.total);
  begin();
}

void StreamMemory::reset() noexcept {
  std::memset(storage_.data(), 0, layout_.total);
  begin();
}

void StreamMemory::begin() noexcept {
  State& s = state();
  for (auto& weights : s.match_weight) {
    for (std::uint32_t i = 0; i + 1 < kInputs; ++i) weights[i] = 0.3f;
  }
  for (auto& context : s.seen) {
    for (std::uint32_t i = 0; i < kPresent + kAbsent; ++i) context[i].start(first_guess(i));
  }
  for (auto& match : s.matched) {
    for (std::uint32_t i = 0; i < kMatchSituations; ++i) match[i].start(i % 2 != 0 ? 0.9f : 0.1f);
  }
  for (AdaptiveBit& share : s.order1_share) share.start(0.5f);
  for (float& share : s.order0_share) share = 1.0f / 256;
  std::uint16_t(&first)[kRefineCells] = s.refine_byte[0];
  for (std::uint32_t i = 0; i < kRefineCells; ++i) {
    first[i] = static_cast<std::uint16_t>(squash((static_cast<float>(i) - 16) * 0.5f) * 65535.0f);
  }
  for (auto& row : s.refine_byte) std::memmove(row, first, sizeof row);
  for (auto& row : s.refine_pair) std::memmove(row, first, sizeof row);
}

void MemoryPrediction::clear() noexcept {
  std::fill_n(probabilities, 256, 1.0f / 256);
  confidence = probabilities[0];
  match_length = 0;
  predicted = match_byte = place = letters = 0;
}

bool StreamMemory::has_predicted() const noexcept {
  return state().pending;
}

Recurrences StreamMemory::recurrences() const noexcept {
  return find_recurrences(history(), static_cast<std::uint32_t>(position()));
}

std::uint64_t StreamMemory::position() const noexcept {
  return state().at.position;
}

ContextTable StreamMemory::context_table() const noexcept {
  return {reinterpret_cast<ContextSlot*>(storage_.data() + layout_.slots), layout_.log2_slots};
}

History StreamMemory::history() const noexcept {
  return {reinterpret_cast<std::uint8_t*>(storage_.data() + layout_.history),
          static_cast<std::uint32_t>(options_.history_bytes - 1)};
}

std::uint32_t* StreamMemory::match_entries() const noexcept {
  return reinterpret_cast<std::uint32_t*>(storage_.data() + layout_.match_tables);
}

}  // namespace mgt::memory
