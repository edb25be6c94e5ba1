// Everything the stream memory has learnt, and what one prediction leaves for the next update.
#pragma once

#include <array>
#include <cstdint>

#include "memory/adaptive_bit.hpp"
#include "memory/context_table.hpp"
#include "memory/match_model.hpp"
#include "memory/stream_memory.hpp"

namespace mgt::memory {

inline constexpr std::uint32_t kContexts = 9;  ///< orders 1, 2, 3, 4, 5, 6; word; field above; word after word
inline constexpr std::uint32_t kMatches = 2;   ///< long and short
inline constexpr std::uint32_t kMinLength[kMatches] = {20, 6};
inline constexpr std::uint32_t kInputs = kContexts + kMatches + 1;  ///< and a constant
inline constexpr std::uint32_t kCandidates = 8;                     ///< bytes decided one by one
inline constexpr std::uint32_t kNone = 0xFFFF;                      ///< an input that has nothing to say
inline constexpr std::uint32_t kMaxFields = 32;

// Situations of a candidate in a context that has seen it: 8 counts x 6 counts of the others x 3 recencies x (first?).
inline constexpr std::uint32_t kPresent = 8 * 6 * 3 * 2;
// ... and that has not: 8 numbers of distinct bytes x 6 counts of the others x (first?).
inline constexpr std::uint32_t kAbsent = 8 * 6 * 2;
inline constexpr std::uint32_t kMatchSituations = 16 * 4 * 2;  ///< length, recent misses, expects the candidate?

inline constexpr std::uint32_t kRanks = 4;
inline constexpr std::uint32_t kMatchGates = kRanks * 24;
inline constexpr std::uint32_t kKnownGates = kRanks * (kContexts + 1);
inline constexpr std::uint32_t kByteGates = 2 * 256;
inline constexpr std::uint32_t kRefineRows = 512;
inline constexpr std::uint32_t kRefineCells = 33;  ///< log-odds -8..8 in halves
inline constexpr std::uint32_t kShareBuckets = 16;

constexpr std::uint32_t match_length_class(std::uint32_t n) noexcept {
  return n < 6 ? 0 : n < 16 ? n - 5 : n < 20 ? 11 : n < 24 ? 12 : n < 32 ? 13 : n < 64 ? 14 : 15;
}

constexpr std::uint32_t hash_of(std::uint32_t a, std::uint32_t b) noexcept {
  std::uint32_t h = a * 0x9E3779B1u + b * 0x85EBCA6Bu + 0x27D4EB2Fu;
  h ^= h >> 15;
  h *= 0x2C1B3C6Du;
  h ^= h >> 13;
  return h * 0x297A2D39u;
}

/// One binary decision of the last prediction: is it this byte?
struct Decision {
  alignas(16) float input[kInputs];  ///< log-odds
  std::uint16_t situation[kInputs];  ///< where each input came from, or kNone
  std::uint32_t match_gate, known_gate, byte_gate;
  std::uint32_t refine_row[2], refine_cell;
  float mixed;  ///< the mixer's probability, before refinement
  std::uint8_t symbol;
};

struct StreamMemory::State {
  std::uint64_t position;
  std::uint64_t recent;  ///< the last 8 bytes, youngest lowest
  std::uint32_t slot[kContexts];
  MatchModel match[kMatches];
  std::uint32_t rolling_hash;  ///< of the last kMinLength[0] bytes
  std::uint32_t word, previous_word;
  std::uint32_t n_fields, n_above;  ///< space-separated fields of this line so far, and of the line above
  std::uint32_t field_start[kMaxFields], above_start[kMaxFields];

  bool pending;  ///< a prediction waits for its byte
  std::uint32_t n_decisions;
  Decision decision[kCandidates];
  std::uint32_t share_bucket;

  alignas(16) float match_weight[kMatchGates][kInputs];
  alignas(16) float known_weight[kKnownGates][kInputs];
  alignas(16) float byte_weight[kByteGates][kInputs];
  AdaptiveBit seen[kContexts][kPresent + kAbsent];
  AdaptiveBit matched[kMatches][kMatchSituations];
  AdaptiveBit order1_share[kShareBuckets];  ///< an unexpected byte is known to order 1, by the weight of order 1
  std::uint16_t refine[2][kRefineRows][kRefineCells];  ///< probabilities in 1/65536
  alignas(64) float order0_share[256];                 ///< order0 as probabilities, refreshed every 64 bytes
  std::uint16_t order0[256];
  std::uint8_t order1[256][256];
};

}  // namespace mgt::memory
