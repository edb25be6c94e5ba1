// A model's shape and optional statistics, read from a file's keys.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "mgt/error.hpp"
#include "mgt/gate.hpp"
#include "mgt/model.hpp"
#include "model/data.hpp"
#include "model/gguf_reader.hpp"

namespace mgt::detail {

inline constexpr std::uint32_t kMaxFfn = 4 * kMaxHidden;
inline constexpr std::uint32_t kMaxContextLength = 65536;

/// The `mgt.*` keys that give the shape, each checked against its range.
/// errors  unsupported_version (another architecture), missing_field, bad_type, bad_shape, bad_value
Expected<ModelConfig> read_config(const gguf::File& file) noexcept;

inline constexpr const char* kEnergyWeightsKey = "mgt.energy.weights";
/// The key of the energy that a policy accepts; nullptr for policies without such a threshold.
const char* energy_key(PolicyKind policy) noexcept;

/// What the training left for the gate. Every part may be absent; what is there must be complete and finite.
struct GateStatistics {
  std::optional<CutStatistics> similarity;              ///< mgt.lambda.similarity_mean, _sd
  std::optional<CutStatistics> bigram;                  ///< mgt.lambda.bigram_mean, _sd
  std::array<std::optional<StoredPolicy>, 3> policies;  ///< mgt.calibration.conservative, .default, .permissive
  std::optional<EnergyTable> energy;                    ///< mgt.energy.weights
  std::array<std::optional<float>, 3> energy_max;       ///< mgt.energy.conservative, .default, .permissive
  const gguf::Value* signature_mean = nullptr;          ///< mgt.signature_mean, f32 [hidden]
};
Expected<GateStatistics> read_statistics(const gguf::File& file, const ModelConfig& config) noexcept;

}  // namespace mgt::detail
