// Options, plans and totals as plain JavaScript objects (Embind value objects).
#pragma once

#include <cstdint>

#include "mgt/session.hpp"

namespace mgt::wasm {

/// An enum from any number: what does not fit becomes 255, which the core refuses by name.
template <class Enum>
constexpr Enum enum_of(std::int64_t value) noexcept {
  return static_cast<Enum>(value >= 0 && value < 255 ? static_cast<std::uint8_t>(value) : std::uint8_t{255});
}

/// SessionOptions with numbers for enums, and -1 for "not set".
struct OptionsRecord {
  int policy = 0;
  GatePolicy custom;
  int kv = -1;
  int tier = -1;
  std::uint32_t window = 0;
  bool memory = true;
  std::uint32_t memory_bytes = 0;
  double replay = -1;
  bool coherence = true;

  static OptionsRecord from(const SessionOptions& options) noexcept;
  SessionOptions options() const noexcept;
};

/// SessionStats with counters as JavaScript numbers (exact to 2^53).
struct StatsRecord {
  double tokens, tier0, tier1, tier2, tier3, layers_run, layers_caught_up, layers_replayed, kv_projections, macs,
      kv_bytes_read, kv_bytes_written, correct, nats, model_nats, model_tokens;
  std::uint64_t logits_hash;

  static StatsRecord from(const SessionStats& stats) noexcept;
};

/// Where a session's shared memory stands.
struct AddressRecord {
  std::uint32_t self, result, gate, spike, draw, input, input_bytes;
};

}  // namespace mgt::wasm
