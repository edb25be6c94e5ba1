// Everything the mixer has learnt, and what one mixture leaves for the next learn().
#pragma once

#include <cstdint>

#include "memory/cursor.hpp"
#include "memory/mixer.hpp"

namespace mgt::memory {
namespace mixing {

inline constexpr std::uint32_t kDecisions = 8;  ///< bytes decided one by one; the others share what is left
inline constexpr std::uint32_t kInputs = 4;     ///< model, memory, their linear mixture, bias
inline constexpr std::uint32_t kRanks = 3;
inline constexpr std::uint32_t kLengths = 8;
inline constexpr std::uint32_t kLevels = 8;
inline constexpr std::uint32_t kRecords = 8;
inline constexpr std::uint32_t kTrusts = 2;  ///< 1: the memory is certain, which is the last of the levels
inline constexpr std::uint32_t kByMatch = kRanks * kLengths * 3;
inline constexpr std::uint32_t kByLevel = kRanks * kLevels * kLevels;
inline constexpr std::uint32_t kByRecord = kRanks * kRecords;
inline constexpr std::uint32_t kByPlace = kRanks * kPlaces;
inline constexpr std::uint32_t kBySymbol = 2 * 256;
inline constexpr std::uint32_t kMapRows = 2 * kLengths * 4;
inline constexpr std::uint32_t kMapCells = 33;

constexpr std::uint32_t trust_of(std::uint32_t level) noexcept {
  return level == kLevels - 1 ? 1 : 0;
}

struct WeightSet {
  float weight[kInputs];
};

/// What one exit has learnt at one trust in the memory.
struct Learnt {
  WeightSet by_match[kByMatch];
  WeightSet by_level[kByLevel];
  WeightSet by_record[kByRecord];
  WeightSet by_place[kByPlace];
  WeightSet by_symbol[kBySymbol];  ///< the byte asked about, behind a word or not
  float map[kMapRows][kMapCells];
  float model_share[kLevels];  ///< weight of the model in the linear mixture, by the memory's certainty
  float model_nats;            ///< running cost of this exit's distribution, nats per byte
  float memory_nats;
  float steps;  ///< learnt from; beyond 2^24 it stands still
};

/// What one mix() leaves for learn().
struct Pending {
  float model[256];
  float input[kDecisions][kInputs];
  float mixed[kDecisions];
  std::uint32_t match_set[kDecisions], level_set[kDecisions], record_set[kDecisions];
  std::uint32_t place_set[kDecisions], symbol_set[kDecisions];
  std::uint32_t map_row[kDecisions], map_cell[kDecisions];
  std::uint32_t n_decisions;
  std::uint32_t level;
  std::uint8_t symbol[kDecisions];
  std::uint8_t used;
};

}  // namespace mixing

struct Mixer::State {
  alignas(64) float memory[256];
  std::uint32_t n_used;

  /// [n_exits][kTrusts]
  mixing::Learnt* learnt() noexcept { return reinterpret_cast<mixing::Learnt*>(this + 1); }
  mixing::Pending* pending(std::uint32_t n_exits) noexcept {
    return reinterpret_cast<mixing::Pending*>(learnt() + std::size_t{n_exits} * mixing::kTrusts);
  }
  /// What the exit in [0, n_exits) has learnt at steps whose memory has this level of certainty.
  mixing::Learnt& learnt(std::uint32_t exit, std::uint32_t level) noexcept {
    return learnt()[exit * mixing::kTrusts + mixing::trust_of(level)];
  }
};

}  // namespace mgt::memory
