// A loaded model: configuration, weights packed for the kernels, and what the training left for the gate.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "mgt/error.hpp"
#include "mgt/gate.hpp"

namespace mgt {

inline constexpr std::size_t kVocabSize = 256;  ///< one token per byte value
inline constexpr std::uint32_t kMaxLayers = 64;
inline constexpr std::uint32_t kMaxWindow = 64;
inline constexpr std::uint32_t kMaxHidden = 4096;

/// Shape of a model, read from the file's `mgt.*` keys and checked by the loader.
struct ModelConfig {
  std::uint32_t n_layers = 0;
  std::uint32_t hidden = 0;  ///< multiple of 32, at most kMaxHidden
  std::uint32_t n_heads = 0;
  std::uint32_t n_kv_heads = 0;      ///< divides n_heads
  std::uint32_t head_dim = 0;        ///< hidden / n_heads, multiple of 32
  std::uint32_t ffn = 0;             ///< multiple of 32
  std::uint32_t context_length = 0;  ///< T: tokens of one window-mode inference
  std::uint32_t window = 0;          ///< sliding attention window of the stream mode
  std::uint32_t window_min = 0;      ///< windows outside [window_min, window_max] were never trained
  std::uint32_t window_max = 0;
  float rms_eps = 0;
  float rope_theta = 0;

  std::uint32_t kv_dim() const noexcept { return n_kv_heads * head_dim; }
  /// Q, K and V of one token side by side.
  std::uint32_t qkv_width() const noexcept { return hidden + 2 * kv_dim(); }
  /// Tokens that can influence a state after `layers` layers: layers * (window - 1) + 1.
  std::uint32_t receptive_field(std::uint32_t layers, std::uint32_t w) const noexcept { return layers * (w - 1) + 1; }
  /// Layers that a tier runs.
  std::uint32_t tier_layers(Tier tier) const noexcept {
    if (tier == Tier::skip) return 0;
    if (tier == Tier::safe) return 1;
    return tier == Tier::full ? n_layers : std::max(1u, n_layers / 2);
  }
  /// Multiply-adds of one token through one layer's matrices.
  std::uint64_t layer_macs() const noexcept {
    return std::uint64_t{hidden} * (hidden + qkv_width()) + 2ull * hidden * ffn;
  }
};

namespace detail {
struct ModelData;
}

/// An immutable model. Cheap to copy: copies share the weights, and a session keeps them alive. One that was moved from
/// may only be assigned to or destroyed.
class Model {
 public:
  /// Parses a GGUF file of architecture `mgt`, packs its matrices and runs its embedded self-test.
  ///
  /// file     the whole file; not needed afterwards
  /// errors   not_a_model, unsupported_version, truncated, limit_exceeded, missing_field, bad_type, bad_shape,
  ///          bad_value (NaN or infinite weights, with the tensor's name), self_test_failed, out_of_memory
  /// Cost: one pass over the file plus the self-test's tokens; memory as plan() says.
  static Expected<Model> load(std::span<const std::byte> file) noexcept;

  /// What size_bytes() of this file's model would be, from its header alone. While it tests itself, load() holds up to
  /// a third more. Same errors as load() for the header.
  static Expected<std::size_t> plan(std::span<const std::byte> header) noexcept;

  Model(const Model& other) noexcept : Model(other.data_) {}
  Model(Model&& other) noexcept : data_(std::exchange(other.data_, nullptr)) {}
  Model& operator=(Model other) noexcept {
    std::swap(data_, other.data_);
    return *this;
  }
  ~Model();

  const ModelConfig& config() const noexcept;
  /// The file's `general.name`, at most 63 bytes.
  const char* name() const noexcept;
  /// Number of weights, embeddings and norms included.
  std::uint64_t n_parameters() const noexcept;
  /// Bytes held by the packed weights and tables.
  std::size_t size_bytes() const noexcept;
  /// 64-bit hash of the file's bytes; every witness chain starts from it.
  std::uint64_t hash() const noexcept;

  const detail::ModelData& data() const noexcept { return *data_; }

 private:
  explicit Model(const detail::ModelData* data) noexcept;
  const detail::ModelData* data_;  ///< counts its handles; nullptr after a move
};

}  // namespace mgt
