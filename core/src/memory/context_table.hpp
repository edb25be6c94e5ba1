// Which bytes followed a context: small slots of recent bytes with counts, in a hashed, bounded table.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace mgt::memory {

inline constexpr std::uint32_t kSlotBytes = 7;

/// Counts, one in each byte, after other bytes were seen instead: three quarters of each, small ones stay.
constexpr std::uint64_t faded(std::uint64_t counts) noexcept {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  const std::uint64_t quarter = counts >> 2 & 0x3F * kOnes;
  const std::uint64_t rounded_up = counts & counts >> 1 & kOnes;  // where 3 are left of the division by 4
  return counts - quarter - rounded_up;
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

  /// How many of such counts there are, and their sum.
  static std::uint32_t number_of(std::uint64_t counts) noexcept {
    return (static_cast<std::uint32_t>(std::bit_width(counts)) + 7) / 8;
  }
  static std::uint32_t sum_of(std::uint64_t counts) noexcept {
    constexpr std::uint64_t kEven = 0x00FF'00FF'00FF'00FF, kOfFour = 0x0001'0001'0001'0001;
    const std::uint64_t pairs = (counts & kEven) + (counts >> 8 & kEven);
    return static_cast<std::uint32_t>(pairs * kOfFour >> 48);
  }

  /// Moves `byte` to the front and counts it; the others fade. Where it stood is hard to guess, so nothing jumps.
  void record(std::uint8_t byte) noexcept {
    constexpr std::uint64_t kOnes = 0x0001010101010101, kHighBits = 0x80 * kOnes;
    const std::uint64_t symbols = all_symbols(), counts = all_counts();
    const std::uint32_t size = number_of(counts);
    const std::uint64_t differing = symbols ^ byte * kOnes;
    // The lowest byte that is 0; above it the subtraction may find others.
    const std::uint64_t equal = (differing - kOnes) & ~differing & kHighBits;
    const auto place = static_cast<std::uint32_t>(std::countr_zero(equal)) / 8;
    const bool is_known = place < size;
    const std::uint32_t from = is_known ? place : size < kSlotBytes ? size : kSlotBytes - 1;  // full: the last one goes
    const std::uint32_t seen = is_known ? static_cast<std::uint32_t>(counts >> 8 * from & 0xFF) : 0;
    put(moved_up(symbols, from) | byte, moved_up(faded(counts), from) | (seen < 255 ? seen + 1 : 255));
  }

 private:
  std::uint64_t all_symbols() const noexcept {
    std::uint64_t from_first;
    std::memcpy(&from_first, symbol, sizeof from_first);
    return from_first & 0x00FF'FFFF'FFFF'FFFF;
  }
  /// The bytes below `from` one place up, in place of that one.
  static std::uint64_t moved_up(std::uint64_t bytes, std::uint32_t from) noexcept {
    const std::uint64_t below = (std::uint64_t{1} << 8 * from) - 1;
    return (bytes & below) << 8 | (bytes & ~(below << 8 | 0xFF));
  }
  void put(std::uint64_t symbols, std::uint64_t counts) noexcept {
    const std::uint64_t halves[] = {check | symbols << 16, symbols >> 48 | counts << 8};
    std::memcpy(static_cast<void*>(this), halves, sizeof halves);
  }
};
static_assert(sizeof(ContextSlot) == 16);

/// 2^log2_slots slots in cache lines of four. A context is found by its 16-bit check or takes the weakest of four.
class ContextTable {
 public:
  ContextTable(ContextSlot* slots, std::uint32_t log2_slots) noexcept : slots_(slots), log2_lines_(log2_slots - 2) {}

  void prefetch(std::uint32_t hash) const noexcept { __builtin_prefetch(slots_ + line(hash)); }

  /// Index of the context's slot, empty where the context is new. Two new contexts of one byte that share a line get
  /// one slot, as an empty one is the weakest: with 4 MiB at one such byte in a thousand, so nothing guards against it.
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
