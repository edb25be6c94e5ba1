// Which bytes followed a context: small slots of recent bytes with counts, in a hashed, bounded table.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace mgt::memory {

inline constexpr std::uint32_t kSlotBytes = 7;

/// A count after another byte was seen instead: three quarters of it, small ones stay.
constexpr std::uint8_t faded(std::uint8_t c) noexcept {
  return static_cast<std::uint8_t>(c > 2 ? c - ((c + 1) >> 2) : c);
}

/// The last 7 distinct bytes seen in one context, most recent first.
struct ContextSlot {
  std::uint16_t check;
  std::uint8_t symbol[kSlotBytes];
  std::uint8_t count[kSlotBytes];  ///< aged counts; 0 ends the list

  /// The counts as one integer, the first lowest.
  std::uint64_t all_counts() const noexcept {
    std::uint64_t upper_half;
    std::memcpy(&upper_half, reinterpret_cast<const std::byte*>(this) + sizeof upper_half, sizeof upper_half);
    return upper_half >> 8;  // past the last symbol
  }

  /// Moves `byte` to the front and counts it; the others fade.
  void record(std::uint8_t byte) noexcept {
    std::uint32_t at = 0;
    while (at < kSlotBytes && count[at] != 0 && symbol[at] != byte) {
      count[at] = faded(count[at]);
      ++at;
    }
    std::uint32_t seen = 0;
    if (at == kSlotBytes) {
      --at;  // full: the least recent one makes room
    } else {
      seen = count[at];
      for (std::uint32_t i = at + 1; i < kSlotBytes; ++i) count[i] = faded(count[i]);
    }
    for (; at > 0; --at) {
      symbol[at] = symbol[at - 1];
      count[at] = count[at - 1];
    }
    symbol[0] = byte;
    count[0] = static_cast<std::uint8_t>(seen < 255 ? seen + 1 : 255);
  }
};
static_assert(sizeof(ContextSlot) == 16);

/// 2^log2_slots slots in cache lines of four. A context is found by its 16-bit check or takes the weakest of four.
class ContextTable {
 public:
  ContextTable(ContextSlot* slots, std::uint32_t log2_slots) noexcept : slots_(slots), log2_lines_(log2_slots - 2) {}

  void prefetch(std::uint32_t hash) const noexcept { __builtin_prefetch(slots_ + line(hash)); }

  /// Index of the context's slot, empty where the context is new.
  std::uint32_t find(std::uint32_t hash) noexcept {
    const std::uint32_t first = line(hash);
    const std::uint16_t check = static_cast<std::uint16_t>(hash | 1);
    if (const std::uint32_t found = matching(first, check); found != 0) return first + std::countr_zero(found);
    std::uint32_t weakest = first;
    std::uint32_t least = ~0u;
    for (std::uint32_t i = first; i < first + 4; ++i) {
      const std::uint32_t strength = slots_[i].count[0] + 2u * slots_[i].count[1];
      if (strength < least) least = strength, weakest = i;
    }
    std::memset(&slots_[weakest], 0, sizeof(ContextSlot));
    slots_[weakest].check = check;
    return weakest;
  }

  /// The context's slot, or nullptr where the context is new.
  const ContextSlot* peek(std::uint32_t hash) const noexcept {
    const std::uint32_t first = line(hash);
    const std::uint32_t found = matching(first, static_cast<std::uint16_t>(hash | 1));
    return found != 0 ? &slots_[first + std::countr_zero(found)] : nullptr;
  }

  ContextSlot& operator[](std::uint32_t index) noexcept { return slots_[index]; }

 private:
  /// Bit i: slot first + i has this check. Which one it will be is hard to guess, so nothing jumps.
  std::uint32_t matching(std::uint32_t first, std::uint16_t check) const noexcept {
    std::uint32_t bits = 0;
    for (std::uint32_t i = 0; i < 4; ++i) bits |= std::uint32_t{slots_[first + i].check == check} << i;
    return bits;
  }

  std::uint32_t line(std::uint32_t hash) const noexcept { return (hash >> (32 - log2_lines_)) * 4; }

  ContextSlot* slots_;
  std::uint32_t log2_lines_;
};

}  // namespace mgt::memory
