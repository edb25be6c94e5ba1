// The record of one step: what was decided, on what evidence, at what cost, sealed into a hash chain.
#pragma once

#include <cstdint>

#include "mgt/gate.hpp"

namespace mgt {

struct Witness {
  std::uint64_t step = 0;  ///< 0-based count of steps in this session
  std::uint32_t token = 0;
  Tier tier = Tier::full;
  GateDecision decision = GateDecision::Allow;
  GateReason reason = GateReason::None;
  bool spike_fired = false;

  std::uint32_t lambda = 0;
  std::uint32_t lambda_prev = 0;
  std::int32_t delta_lambda = 0;
  std::uint16_t boundary_edges = 0;
  std::uint16_t boundary_concentration_q15 = 0;
  std::uint16_t partition_count = 0;
  std::uint16_t spike_rate_q15 = 0;
  std::uint16_t spike_novelty_q15 = 0;
  std::uint16_t effective_window = 0;

  float surprise = 0;  ///< nats the arriving token cost under the previous answer
  /// Where the gate asked for energies: that of the last cheap answer it looked at, given or refused (GatePolicy).
  /// Where the memory was held to its certainty: what that lacks of 1. Otherwise 1 - top_probability.
  float energy = 0;
  float threshold = 0;  ///< the energy that the policy accepts; above it the gate went deeper

  std::uint16_t layers_run = 0;        ///< layers computed for this position
  std::uint16_t layers_caught_up = 0;  ///< layers computed now for earlier positions
  std::uint16_t layers_replayed = 0;   ///< layers taken over bit for bit, for this position and earlier ones
  std::uint16_t layers_deferred = 0;   ///< layers of this position that its answer did without
  std::uint32_t kv_bytes_read = 0;
  std::uint32_t kv_bytes_written = 0;
  bool kv_write = true;        ///< the token left its trace in the state
  bool external_write = true;  ///< the caller may act on this answer

  std::uint32_t top_token = 0;  ///< most probable next token (the lowest of equals)
  float top_probability = 0;
  std::uint64_t output_hash = 0;    ///< of this step's probabilities, and of its exit's logits where one ran
  std::uint64_t previous_hash = 0;  ///< chain value before this step
  std::uint64_t hash = 0;           ///< chain value after: seal(previous_hash, all fields above)
};

/// The chain value of a record: a 64-bit hash over previous_hash and every field but `hash`, in declaration order.
/// A trace is verified by recomputing it record by record; no model is needed.
std::uint64_t seal(const Witness& witness) noexcept;

}  // namespace mgt
