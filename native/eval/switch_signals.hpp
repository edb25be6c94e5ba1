// What may tell that the kind of a stream has changed, per byte.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "eval/signals.hpp"

namespace mgt::cli {

/// Lengths of the stretches of youngest bytes that are held against the stream's own past.
inline constexpr std::array<std::size_t, 4> kRecent{1, 3, 12, 48};
inline constexpr std::size_t kPastValues = 11;  ///< values that are

/// High = a switch. LIF: ln of a leaky sum of surprise. Excess: surprise beyond the entropy of the answer before it.
/// History: what a byte cost the memory, which knows this stream, beyond what it cost the transformer, which does not.
/// Counts: over the last 300 bytes.
enum SwitchSignal : std::size_t {
  kSimilarity,
  kBigram,
  kAttention,
  kLifFirst,
  kLifFull,
  kLifMixture,
  kHeldFull,
  kHeldMixture,
  kExcessFull,
  kExcessMixture,
  kHeldExcess,
  kEntropy,
  kMargin,
  kMemory,
  kRandom,
  kNamed,  ///< signals with a row of their own in the study
  kHistoryFast = kNamed,
  kHistory,
  kHistorySlow,
  kHeldHistory,
  kByteCost,
  kPairCost,
  kByteCosts,
  kByteCostsSlow,
  kPairCosts,
  kPairCostsSlow,
  kAgainstPast,  ///< each value over all of kRecent; the memory's surprise first
  kSwitchSignals = kAgainstPast + kPastValues * kRecent.size()
};

/// Names of the first kNamed.
inline constexpr std::array<const char*, kNamed> kSwitchSignalNames{"lambda, similarity",
                                                                    "lambda, bigram",
                                                                    "lambda, attention",
                                                                    "LIF, transformer's exit 1",
                                                                    "LIF, transformer",
                                                                    "LIF, mixture",
                                                                    "LIF, transformer, peak of 48 bytes",
                                                                    "LIF, mixture, peak of 48 bytes",
                                                                    "LIF of excess surprise, transformer",
                                                                    "LIF of excess surprise, mixture",
                                                                    "LIF of excess surprise, mixture, peak of 48 bytes",
                                                                    "entropy",
                                                                    "margin",
                                                                    "memory confidence",
                                                                    "random"};

/// [signal][byte] of one stream.
using SwitchSignals = std::array<std::vector<float>, kSwitchSignals>;

/// seed  of the signal `random`
SwitchSignals switch_signals(std::span<const Signals> steps, std::uint32_t seed);

}  // namespace mgt::cli
