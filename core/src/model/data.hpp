// Weights and tables of a loaded model, in the layout the kernels read.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "kernels/table.hpp"
#include "mgt/model.hpp"
#include "storage.hpp"

namespace mgt::detail {

struct LayerWeights {
  const float* attn_norm = nullptr;  ///< [hidden]
  PackedMatrix qkv;                  ///< rows: q [hidden], k [kv_dim], v [kv_dim]
  PackedMatrix attn_output;          ///< [hidden x hidden]
  const float* ffn_norm = nullptr;   ///< [hidden]
  PackedMatrix ffn_up;               ///< [ffn x hidden]
  PackedMatrix ffn_down;             ///< [hidden x ffn]
  const float* exit_norm = nullptr;  ///< [hidden], norm of the exit after this layer

  /// The k and v rows alone.
  PackedMatrix kv() const noexcept { return qkv.slice(attn_output.rows, qkv.rows - attn_output.rows); }
};

inline constexpr std::size_t kCutLengths = 10;  ///< n in {2, 3, 4, 6, 8, 12, 16, 24, 32, 48}

/// Mean and standard deviation of C_n / (n (112 - n)) over training streams, per cut length.
struct CutStatistics {
  std::array<float, kCutLengths> mean{};
  std::array<float, kCutLengths> sd{};
};

/// Thresholds of one policy, as models/calibrate.py stores them (see mgt/gate.hpp): key mgt.calibration.<policy>, an
/// array of these two numbers.
struct StoredPolicy {
  float memory_confidence = 0;
  float exit_confidence = 0;
};

/// Weights of the energy's log-odds, one row per cheap answer: the memory's, the exit's of tier 2, that of tier 1. See
/// gate/energy.hpp. Keys: mgt.energy.weights, and mgt.energy.<policy> for the energy that a policy accepts.
struct EnergyTable {
  static constexpr std::size_t kAnswers = 3;
  static constexpr std::size_t kSignals = 8;  ///< in the order of gate::EnergyColumn
  std::array<float, kAnswers * kSignals> weights{};

  const float* row(std::size_t answer) const noexcept { return weights.data() + answer * kSignals; }
};

struct ModelData {
  ModelConfig config;
  char name[64] = {};
  std::uint64_t n_parameters = 0;
  std::uint64_t hash = 0;
  std::size_t size_bytes = 0;  ///< this struct and `storage`

  const float* embedding = nullptr;  ///< [256 x hidden]
  PackedMatrix head;                 ///< [256 x hidden], shared by all exits
  LayerWeights layers[kMaxLayers];
  const float* rope_cos = nullptr;  ///< [kMaxWindow x head_dim/2]
  const float* rope_sin = nullptr;

  const float* signature_mean = nullptr;  ///< [hidden], or nullptr where the file has none
  std::optional<CutStatistics> similarity;
  std::optional<CutStatistics> bigram;
  std::array<std::optional<StoredPolicy>, 3> policies;  ///< conservative, default, permissive
  std::optional<EnergyTable> energy;
  std::array<std::optional<float>, 3> energy_max;  ///< in the order of policies; none without `energy`

  Block storage;  ///< behind all pointers above

  /// Model handles that share this. Counted here and not by a std::shared_ptr, whose control block is an allocation
  /// that ends the program where memory is short.
  mutable std::atomic<std::uint32_t> handles{0};
};

}  // namespace mgt::detail
