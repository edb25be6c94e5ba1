// Where the stream stands: all that a byte's arrival changes before anything is learnt from it.
#pragma once

#include <algorithm>
#include <cstdint>

#include "memory/match_model.hpp"

namespace mgt::memory {

/// Orders 1, 2, 3, 4 and 6; word; what stands above, alone, as a pair, and as the next field.
inline constexpr std::uint32_t kContexts = 9;
inline constexpr std::uint32_t kMatches = 2;  ///< long and short
inline constexpr std::uint32_t kMinLength[kMatches] = {20, 6};
/// Of its last 8 bytes the long match may miss so many and go on where it was: a counter or a time of day is no reason
/// to lose the line. The short one ends at its first miss.
inline constexpr std::uint32_t kMaxMisses[kMatches] = {3, 0};
inline constexpr std::uint32_t kMaxFields = 32;
/// What the mixing weights tell apart in a line: so many fields, the last one with all behind it, and so many bytes of
/// each, likewise.
inline constexpr std::uint32_t kPlaceFields = 16;
inline constexpr std::uint32_t kPlaceBytes = 8;
inline constexpr std::uint32_t kPlaces = kPlaceFields * kPlaceBytes;

constexpr std::uint32_t hash_of(std::uint32_t a, std::uint32_t b) noexcept {
  std::uint32_t h = a * 0x9E3779B1u + b * 0x85EBCA6Bu + 0x27D4EB2Fu;
  h ^= h >> 15;
  h *= 0x2C1B3C6Du;
  h ^= h >> 13;
  return h * 0x297A2D39u;
}

/// Letters, digits, the underscore, and all beyond ASCII.
constexpr bool of_word(std::uint8_t byte) noexcept {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '_' ||
         byte >= 128;
}

/// Bytes of the word that the stream stands in; more of them tell no more.
inline constexpr std::uint32_t kMostLetters = 3;

/// Bytes of the word so far, counted up to kMostLetters. recent: the last 8 bytes, youngest lowest.
constexpr std::uint8_t letters_behind(std::uint64_t recent) noexcept {
  std::uint32_t n = 0;
  while (n < kMostLetters && of_word(static_cast<std::uint8_t>(recent >> (8 * n)))) ++n;
  return static_cast<std::uint8_t>(n);
}

struct Cursor {
  std::uint64_t position;
  std::uint64_t recent;  ///< the last 8 bytes, youngest lowest
  MatchModel match[kMatches];
  std::uint32_t rolling_hash;  ///< of the last kMinLength[0] bytes
  std::uint32_t word;
  std::uint32_t field;  ///< hash of this field so far
  /// Fields of this line so far, and of the line above. A stream is taken to begin inside of a line: until its first
  /// separator there is no field.
  std::uint32_t n_fields, n_above;
  std::uint32_t field_start[kMaxFields], above_start[kMaxFields];
  std::uint32_t field_hash[kMaxFields], above_hash[kMaxFields];  ///< of whole fields; 0 where there is none

  /// The field that the next byte belongs to, from 0.
  std::uint32_t field_index() const noexcept { return n_fields == 0 ? 0 : n_fields - 1; }

  /// Where in the line the next byte stands, in [0, kPlaces).
  std::uint32_t place() const noexcept {
    const std::uint32_t index = field_index();
    const std::uint32_t inside = static_cast<std::uint32_t>(position) - field_start[index];
    return std::min(index, kPlaceFields - 1) * kPlaceBytes + std::min(inside, kPlaceBytes - 1);
  }

  /// Puts `byte` into the history and moves past it; `contexts` receives the hashes of those that end there.
  void advance(const History& history, std::uint8_t byte, std::uint32_t (&contexts)[kContexts]) noexcept;

  /// Where this position belongs in a table of 2^log2_entries positions per match model.
  void find_cells(std::uint32_t log2_entries, std::uint32_t (&cells)[kMatches]) const noexcept;

  /// Follows the matches past the byte last put, or finds new ones; entries[cells[m]] is the position last put there.
  void follow_matches(const History& history, const std::uint32_t* entries,
                      const std::uint32_t (&cells)[kMatches]) noexcept;

 private:
  void note_field(std::uint8_t byte) noexcept;
};

}  // namespace mgt::memory
