// How far the memory's confidence can be relied on: that of a memory which was right lately more than the same of one
// which was not.
#pragma once

#include "memory/scalar_math.hpp"

namespace mgt::memory {

/// Least certainty of a memory that is certain. What the mixer learns at such steps and at the others stays apart, so
/// that a gate which skips the certain steps gets the dense run's bits at all others.
inline constexpr float kCertain = 0.98f;

/// The confidence where bytes have lately cost the memory 0.8 nats each; half a unit of log-odds more or less for each
/// nat by which the leaky sum of their cost falls short of the 4 that come of it, or exceeds them.
///
/// confidence  top probability of the memory, in (0, 1]
/// potential   leaky sum (0.8 per byte) of what the last bytes cost the memory, nats, >= 0
inline float certainty_of(float confidence, float potential) noexcept {
  constexpr float kUsualPotential = 4.0f;
  constexpr float kOddsPerNat = 0.5f;
  constexpr float kMostConfidence = 0.9999f;
  return squash(stretch(confidence < kMostConfidence ? confidence : kMostConfidence) +
                kOddsPerNat * (kUsualPotential - potential));
}

}  // namespace mgt::memory
