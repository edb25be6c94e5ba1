// Everything the stream memory has learnt, and what one prediction leaves for the next update.
#pragma once

#include <array>
#include <cstdint>

#include "memory/adaptive_bit.hpp"
#include "memory/context_table.hpp"
#include "memory/cursor.hpp"
#include "memory/stream_memory.hpp"

namespace mgt::memory {

inline constexpr std::uint32_t kInputs = kContexts + kMatches + 1;  ///< and a constant
inline constexpr std::uint32_t kPaddedContexts = 16;                ///< whole vectors of bytes
inline constexpr std::uint32_t kCandidates = 12;                    ///< bytes decided one by one
inline constexpr std::uint32_t kNone = 0xFFFF;                      ///< an input that has nothing to say

// Situations of a candidate in a context that has seen it: 8 counts x 6 counts of the others x 3 recencies x (first?).
inline constexpr std::uint32_t kPresent = 8 * 6 * 3 * 2;
// ... and that has not: 8 numbers of distinct bytes x 6 counts of the others x (first?).
inline constexpr std::uint32_t kAbsent = 8 * 6 * 2;
inline constexpr std::uint32_t kMatchSituations = 16 * 4 * 2;  ///< length, recent misses, expects the candidate?

inline constexpr std::uint32_t kRanks = 4;
inline constexpr std::uint32_t kMatchSets = kRanks * 24;
inline constexpr std::uint32_t kKnownSets = kRanks * (kContexts + 1);
inline constexpr std::uint32_t kByteSets = 256;
inline constexpr std::uint32_t kPlaceSets = 2 * kPlaces;
inline constexpr std::uint32_t kSymbolSets = 2 * 256;
inline constexpr std::uint32_t kRefinedPairs = 512;
inline constexpr std::uint32_t kRefineCells = 33;  ///< log-odds -8..8 in halves
inline constexpr std::uint32_t kShareBuckets = 16;
inline constexpr float kUnseen = 0.05f;  ///< order-0 count of a byte never seen

constexpr std::uint32_t match_length_class(std::uint32_t n) noexcept {
  return n < 6 ? 0 : n < 16 ? n - 5 : n < 20 ? 11 : n < 24 ? 12 : n < 32 ? 13 : n < 64 ? 14 : 15;
}

/// One binary decision of the last prediction: is it this byte?
struct Decision {
  alignas(16) float input[kInputs];                      ///< log-odds
  alignas(16) std::uint16_t situation[kPaddedContexts];  ///< where each input came from, or kNone
  std::uint32_t match_set, known_set, byte_set, place_set, symbol_set;
  std::uint32_t refined_pair, refine_cell;
  float mixed;  ///< before refinement
  std::uint8_t symbol;
};

/// What a prediction decided, for the learning from the byte that comes.
struct Decided {
  std::uint32_t n_decisions;
  Decision decision[kCandidates];
  std::uint32_t share_bucket;
};

struct StreamMemory::State {
  Cursor at;
  std::uint32_t slot[kContexts];
  bool pending;  ///< a prediction waits for its byte
  Decided decided;

  alignas(16) float match_weight[kMatchSets][kInputs];
  alignas(16) float known_weight[kKnownSets][kInputs];
  alignas(16) float byte_weight[kByteSets][kInputs];
  alignas(16) float place_weight[kPlaceSets][kInputs];
  alignas(16) float symbol_weight[kSymbolSets][kInputs];  ///< of the byte asked about, behind a word or not
  AdaptiveBit seen[kContexts][kPresent + kAbsent];
  AdaptiveBit matched[kMatches][kMatchSituations];
  AdaptiveBit order1_share[kShareBuckets];  ///< an unexpected byte is known to order 1, by the weight of order 1
  // Probabilities in 1/65536: by the last byte; by hashes of the last two, the byte asked about and whether it is
  // first.
  std::uint16_t refine_byte[kByteSets][kRefineCells];
  std::uint16_t refine_pair[kRefinedPairs][kRefineCells];
  alignas(64) float order0_share[256];  ///< order0 as probabilities, refreshed every 64 bytes
  std::uint16_t order0[256];
  std::uint8_t order1[256][256];
};

}  // namespace mgt::memory
