// Options, plans and totals in the form in which JavaScript reads and writes them. wasm/layout.cpp lists their fields.
#pragma once

#include <cstdint>

#include "mgt/generate.hpp"
#include "mgt/session.hpp"

namespace mgt::wasm {

/// An enum from any number: what does not fit becomes 255, which the core refuses by name.
template <class Enum>
constexpr Enum enum_of(std::int64_t value) noexcept {
  return static_cast<Enum>(value >= 0 && value < 255 ? static_cast<std::uint8_t>(value) : std::uint8_t{255});
}

/// An address as JavaScript has it.
inline std::uint32_t address_of(const void* p) noexcept {
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(p));
}

/// SessionOptions with numbers for enums, and -1 for "not set".
struct OptionsRecord {
  int policy = 0;
  int kv = -1;
  int tier = -1;
  std::uint32_t window = 0;
  float window_capacity = 1;
  bool memory = true;
  std::uint32_t memory_bytes = 0;
  double replay = -1;
  bool coherence = true;
  float deadline_us = 0;
  float bound0_us = 0, bound1_us = 0, bound2_us = 0, bound3_us = 0;  ///< SessionOptions::step_bound_us
  GatePolicy custom;  ///< a record of its own, at the address that mgt_options_custom gives

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

/// GenerateStats with counters as JavaScript numbers.
struct GenerateStatsRecord {
  double tokens, rounds, drafted, accepted;

  static GenerateStatsRecord from(const GenerateStats& stats) noexcept;
};

/// Where a session's shared memory stands.
struct AddressRecord {
  std::uint32_t result, gate, spike, draw, input, input_bytes;
};

/// What a model says of itself beside its configuration.
struct FactsRecord {
  const char* name;
  double parameters;
  std::uint32_t size_bytes;
  std::uint64_t hash;
};

/// A described file: where its keys and tensors stand, as arrays of the two records below.
struct FileRecord {
  std::uint32_t version, alignment;
  double parameters;
  std::uint32_t keys, n_keys, tensors, n_tensors;
};
struct KeyRecord {
  const char *name, *type, *value;
};
struct TensorRecord {
  const char *name, *type, *held_as;
  std::uint32_t shape, n_dims;  ///< uint64[n_dims]
  double size_bytes;
};

}  // namespace mgt::wasm
