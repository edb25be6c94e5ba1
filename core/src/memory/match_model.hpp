// Longest-suffix match: where did the last bytes occur before, and what came next there?
#pragma once

#include <bit>
#include <cstdint>

namespace mgt::memory {

/// The ring of past bytes. The first kMirror bytes are kept twice, so short spans are contiguous anywhere.
struct History {
  static constexpr std::uint32_t kMirror = 128;

  std::uint8_t* bytes;
  std::uint32_t mask;  ///< size - 1

  std::uint8_t at(std::uint32_t position) const noexcept { return bytes[position & mask]; }
  void put(std::uint32_t position, std::uint8_t byte) const noexcept {
    const std::uint32_t i = position & mask;
    bytes[i] = byte;
    if (i < kMirror) bytes[mask + 1 + i] = byte;
  }
};

/// One match pointer, found by the hash of the last `min_length` bytes and verified against the history.
struct MatchModel {
  std::uint32_t pointer;  ///< position of the expected byte
  std::uint32_t length;   ///< verified bytes in common, after a miss one and those since; 0 = no match
  std::uint32_t misses;   ///< recent failures, one bit per failed expectation, youngest lowest

  std::uint8_t expected(const History& history) const noexcept { return history.at(pointer); }

  /// Takes in the byte at `position` (already in the history). After a miss the match goes on, unless that makes more
  /// than `max_misses` of the last 8.
  void advance(const History& history, std::uint32_t position, std::uint32_t max_length,
               std::uint32_t max_misses) noexcept {
    if (length == 0) return;
    const bool hit = history.at(pointer) == history.at(position);
    misses = misses << 1 | static_cast<std::uint32_t>(!hit);
    ++pointer;
    if (hit) {
      length += length < max_length ? 1 : 0;
    } else {
      length = static_cast<std::uint32_t>(std::popcount(misses & 0xFF)) > max_misses ? 0 : 1;
    }
    if (position + 1 - pointer > history.mask) length = 0;  // about to be overwritten
  }

  /// Looks at a candidate: the position after an earlier occurrence of the same hash.
  void consider(const History& history, std::uint32_t next, std::uint32_t candidate,
                std::uint32_t min_length) noexcept {
    if (candidate == 0 || next - candidate > history.mask - 64) return;
    std::uint32_t common = 0;
    while (common < 48 && candidate > common && history.at(candidate - 1 - common) == history.at(next - 1 - common)) {
      ++common;
    }
    if (common < min_length || common <= length) return;
    pointer = candidate;
    length = common;
    misses = 0;
  }
};

}  // namespace mgt::memory
