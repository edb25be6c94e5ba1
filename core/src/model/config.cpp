#include "model/config.hpp"

#include "model/gguf_cursor.hpp"

namespace mgt::detail {
namespace {

/// Reads a u32 key into `out`; bad_shape outside [low, high] or where `step` does not divide it.
Expected<void> read_count(const gguf::File& file, const char* key, std::uint32_t low, std::uint32_t high,
                          std::uint32_t step, std::uint32_t& out) noexcept {
  const auto value = file.get_u32(key);
  if (!value) return std::unexpected(value.error());
  if (*value < low || *value > high) {
    return fail(Errc::bad_shape, "%s is %u, allowed are %u to %u", key, *value, low, high);
  }
  if (*value % step != 0) return fail(Errc::bad_shape, "%s is %u, not a multiple of %u", key, *value, step);
  out = *value;
  return {};
}

/// Reads an f32 key; bad_value outside [low, high], which also refuses NaN.
Expected<void> read_number(const gguf::File& file, const char* key, float low, float high, float& out) noexcept {
  const auto value = file.get_f32(key);
  if (!value) return std::unexpected(value.error());
  if (!(*value >= low && *value <= high)) {
    return fail(Errc::bad_value, "%s is %g, allowed are %g to %g", key, static_cast<double>(*value),
                static_cast<double>(low), static_cast<double>(high));
  }
  out = *value;
  return {};
}

Expected<void> require_text(const gguf::File& file, const char* key, std::string_view expected, Errc code) noexcept {
  const auto text = file.get_string(key);
  if (!text) return std::unexpected(text.error());
  if (*text != expected) {
    return fail(code, "%s has %zu bytes that are not \"%.*s\"", key, text->size(), MGT_PRINT_VIEW(expected));
  }
  return {};
}

Expected<void> check_heads(ModelConfig& c) noexcept {
  if (c.hidden % c.n_heads != 0) {
    return fail(Errc::bad_shape, "%u heads do not divide the hidden size %u", c.n_heads, c.hidden);
  }
  if (c.n_heads % c.n_kv_heads != 0) {
    return fail(Errc::bad_shape, "%u key/value heads do not divide %u heads", c.n_kv_heads, c.n_heads);
  }
  c.head_dim = c.hidden / c.n_heads;
  if (c.head_dim % 32 != 0) {
    return fail(Errc::bad_shape, "%u heads of hidden size %u have %u elements each, not a multiple of 32", c.n_heads,
                c.hidden, c.head_dim);
  }
  return {};
}

Expected<void> check_windows(const ModelConfig& c) noexcept {
  if (c.window < c.window_min || c.window > c.window_max) {
    return fail(Errc::bad_value, "mgt.attention.sliding_window is %u, outside of mgt.window_min %u to window_max %u",
                c.window, c.window_min, c.window_max);
  }
  return {};
}

/// `n` finite floats of an optional array; nullopt where the key is absent.
template <std::size_t n>
Expected<std::optional<std::array<float, n>>> read_optional(const gguf::File& file, const char* key, float low,
                                                            float high) noexcept {
  if (file.find(key) == nullptr) return std::optional<std::array<float, n>>();
  const auto view = file.get_f32_array(key);
  if (!view) return std::unexpected(view.error());
  if (view->size() != n) return fail(Errc::bad_shape, "%s has %zu numbers, expected %zu", key, view->size(), n);
  std::array<float, n> values;
  for (std::size_t i = 0; i < n; ++i) {
    values[i] = (*view)[i];
    if (!(values[i] >= low && values[i] <= high)) {
      return fail(Errc::bad_value, "%s has %g at index %zu, allowed are %g to %g", key, static_cast<double>(values[i]),
                  i, static_cast<double>(low), static_cast<double>(high));
    }
  }
  return values;
}

// Bounds that keep the cut's fixed-point constants inside 64 bits.
constexpr float kMostStatistic = 1e5f;
constexpr float kSmallestDeviation = 1e-3f;

Expected<std::optional<CutStatistics>> read_cut_statistics(const gguf::File& file, const char* mean_key,
                                                           const char* sd_key) noexcept {
  const auto mean = read_optional<kCutLengths>(file, mean_key, -kMostStatistic, kMostStatistic);
  if (!mean) return std::unexpected(mean.error());
  const auto sd = read_optional<kCutLengths>(file, sd_key, kSmallestDeviation, kMostStatistic);
  if (!sd) return std::unexpected(sd.error());
  if (mean->has_value() != sd->has_value()) {
    return fail(Errc::missing_field, "key %s is missing, but the file has %s", *mean ? sd_key : mean_key,
                *mean ? mean_key : sd_key);
  }
  if (!mean->has_value()) return std::optional<CutStatistics>();
  return CutStatistics{**mean, **sd};
}

Expected<const gguf::Value*> read_signature_mean(const gguf::File& file, const ModelConfig& config) noexcept {
  constexpr const char* kKey = "mgt.signature_mean";
  const gguf::Value* value = file.find(kKey);
  if (value == nullptr) return value;
  const auto view = file.get_f32_array(kKey);
  if (!view) return std::unexpected(view.error());
  if (view->size() != config.hidden) {
    return fail(Errc::bad_shape, "%s has %zu numbers, the hidden size is %u", kKey, view->size(), config.hidden);
  }
  for (std::size_t i = 0; i < view->size(); ++i) {
    const float v = (*view)[i];
    if (!(v >= -1e30f && v <= 1e30f)) {
      return fail(Errc::bad_value, "%s has %g at index %zu, a finite number is needed", kKey, static_cast<double>(v),
                  i);
    }
  }
  return value;
}

/// The energy's weights and the energies that the policies accept.
Expected<void> read_energy(const gguf::File& file, GateStatistics& statistics) noexcept {
  // With signals below 14 a sum of eight products stays below 8000, where nothing overflows.
  constexpr float kMostWeight = 64.0f;
  const auto weights = read_optional<std::tuple_size_v<decltype(EnergyTable::weights)>>(file, kEnergyWeightsKey,
                                                                                        -kMostWeight, kMostWeight);
  if (!weights) return std::unexpected(weights.error());
  if (weights->has_value()) statistics.energy = EnergyTable{**weights};

  static constexpr PolicyKind kPolicies[] = {PolicyKind::conservative, PolicyKind::standard, PolicyKind::permissive};
  static_assert(std::size(kPolicies) == std::tuple_size_v<decltype(statistics.energy_max)>);
  for (std::size_t p = 0; p < std::size(kPolicies); ++p) {
    const char* key = energy_key(kPolicies[p]);
    if (file.find(key) == nullptr) continue;
    if (!statistics.energy) {
      return fail(Errc::missing_field, "key %s is missing, but the file has %s", kEnergyWeightsKey, key);
    }
    float accepted = 0;
    if (const auto ok = read_number(file, key, 0.0f, 1.0f, accepted); !ok) return ok;
    statistics.energy_max[p] = accepted;
  }
  return {};
}

}  // namespace

const char* energy_key(PolicyKind policy) noexcept {
  switch (policy) {
    case PolicyKind::conservative:
      return "mgt.energy.conservative";
    case PolicyKind::standard:
      return "mgt.energy.default";
    case PolicyKind::permissive:
      return "mgt.energy.permissive";
    default:
      return nullptr;
  }
}

Expected<ModelConfig> read_config(const gguf::File& file) noexcept {
  if (const auto ok = require_text(file, "general.architecture", "mgt", Errc::unsupported_version); !ok) {
    return std::unexpected(ok.error());
  }
  if (const auto ok = require_text(file, "mgt.feed_forward_activation", "relu", Errc::bad_value); !ok) {
    return std::unexpected(ok.error());
  }
  struct Count {
    const char* key;
    std::uint32_t low, high, step;
    std::uint32_t ModelConfig::* field;
  };
  static constexpr Count kCounts[] = {
      {"mgt.block_count", 1, kMaxLayers, 1, &ModelConfig::n_layers},
      {"mgt.embedding_length", 32, kMaxHidden, 32, &ModelConfig::hidden},
      {"mgt.attention.head_count", 1, kMaxHidden / 32, 1, &ModelConfig::n_heads},
      {"mgt.attention.head_count_kv", 1, kMaxHidden / 32, 1, &ModelConfig::n_kv_heads},
      {"mgt.feed_forward_length", 32, kMaxFfn, 32, &ModelConfig::ffn},
      {"mgt.context_length", 1, kMaxContextLength, 1, &ModelConfig::context_length},
      {"mgt.window_min", 1, kMaxWindow, 1, &ModelConfig::window_min},
      {"mgt.window_max", 1, kMaxWindow, 1, &ModelConfig::window_max},
      {"mgt.attention.sliding_window", 1, kMaxWindow, 1, &ModelConfig::window},
  };
  ModelConfig config;
  std::uint32_t vocab_size = 0;
  if (const auto ok = read_count(file, "mgt.vocab_size", kVocabSize, kVocabSize, 1, vocab_size); !ok) {
    return std::unexpected(ok.error());
  }
  for (const Count& count : kCounts) {
    const auto ok = read_count(file, count.key, count.low, count.high, count.step, config.*count.field);
    if (!ok) return std::unexpected(ok.error());
  }
  // The lower bound keeps 1/sqrt(eps) finite, so that a row of zeros stays zero.
  if (const auto ok = read_number(file, "mgt.attention.layer_norm_rms_epsilon", 1e-12f, 1.0f, config.rms_eps); !ok) {
    return std::unexpected(ok.error());
  }
  if (const auto ok = read_number(file, "mgt.rope.freq_base", 1.0f, 1e9f, config.rope_theta); !ok) {
    return std::unexpected(ok.error());
  }
  if (const auto ok = check_heads(config); !ok) return std::unexpected(ok.error());
  if (const auto ok = check_windows(config); !ok) return std::unexpected(ok.error());
  return config;
}

Expected<GateStatistics> read_statistics(const gguf::File& file, const ModelConfig& config) noexcept {
  GateStatistics statistics;
  const auto similarity = read_cut_statistics(file, "mgt.lambda.similarity_mean", "mgt.lambda.similarity_sd");
  if (!similarity) return std::unexpected(similarity.error());
  statistics.similarity = *similarity;
  const auto bigram = read_cut_statistics(file, "mgt.lambda.bigram_mean", "mgt.lambda.bigram_sd");
  if (!bigram) return std::unexpected(bigram.error());
  statistics.bigram = *bigram;
  const auto signature_mean = read_signature_mean(file, config);
  if (!signature_mean) return std::unexpected(signature_mean.error());
  statistics.signature_mean = *signature_mean;

  static constexpr const char* kPolicyKeys[] = {"mgt.calibration.conservative", "mgt.calibration.default",
                                                "mgt.calibration.permissive"};
  static_assert(std::size(kPolicyKeys) == std::tuple_size_v<decltype(statistics.policies)>);
  for (std::size_t p = 0; p < std::size(kPolicyKeys); ++p) {
    const auto pair = read_optional<2>(file, kPolicyKeys[p], 0.0f, 2.0f);
    if (!pair) return std::unexpected(pair.error());
    if (pair->has_value()) statistics.policies[p] = StoredPolicy{(**pair)[0], (**pair)[1]};
  }
  if (const auto ok = read_energy(file, statistics); !ok) return std::unexpected(ok.error());
  return statistics;
}

}  // namespace mgt::detail
