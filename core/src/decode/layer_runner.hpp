// Runs transformer layers on positions of a cache, one or a batch at a time; both give the same bits.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "cache/layer_cache.hpp"
#include "kernels/table.hpp"
#include "model/data.hpp"

namespace mgt::decode {

using cache::KvState;
using cache::LayerCache;
using cache::Position;

inline constexpr std::size_t kMaxBatch = 32;  ///< positions computed together

/// A cache and the attention window its positions see.
struct Context {
  LayerCache& cache;
  std::uint32_t window;
};

/// How much of a layer a position gets.
enum class LayerPart : std::uint8_t {
  all,
  attention,  ///< no feed-forward part
};

/// What has been computed; the caller reads differences.
struct Work {
  std::uint64_t layers_run = 0;       ///< positions' layers, all of each
  std::uint64_t layers_replayed = 0;  ///< not the runner's: what the replay store made unnecessary
  std::uint64_t kv_projections = 0;
  std::uint64_t macs = 0;
  std::uint64_t kv_bytes_read = 0;
  std::uint64_t kv_bytes_written = 0;

  Work operator+(const Work& other) const noexcept {
    return {layers_run + other.layers_run,         layers_replayed + other.layers_replayed,
            kv_projections + other.kv_projections, macs + other.macs,
            kv_bytes_read + other.kv_bytes_read,   kv_bytes_written + other.kv_bytes_written};
  }
  Work operator-(const Work& earlier) const noexcept {
    return {layers_run - earlier.layers_run,         layers_replayed - earlier.layers_replayed,
            kv_projections - earlier.kv_projections, macs - earlier.macs,
            kv_bytes_read - earlier.kv_bytes_read,   kv_bytes_written - earlier.kv_bytes_written};
  }
};

/// One transformer layer at a time over a model's weights. Owns no memory; scratch is handed in.
/// Method: Vaswani et al. (2017) with RMSNorm (Zhang and Sennrich, 2019) and RoPE (Su et al., 2021).
class LayerRunner {
 public:
  static std::size_t plan_bytes(const ModelConfig& config) noexcept;

  LayerRunner() = default;
  /// scratch  plan_bytes(config) bytes, 64-byte aligned, outliving the runner
  LayerRunner(const detail::ModelData& model, std::span<std::byte> scratch) noexcept;

  const ModelConfig& config() const noexcept { return model_->config; }

  /// Runs `layer` on `positions` (ascending, at most kMaxBatch, each of depth `layer`): stores their K and V as exact,
  /// attends to whatever K,V the cache has in their windows, and leaves them at depth layer + 1. With
  /// LayerPart::attention their states do without the feed-forward part, and the layer does not count as run.
  void run(const Context& context, std::uint32_t layer, std::span<const Position> positions,
           LayerPart part = LayerPart::all) noexcept;

  /// Computes K and V of `layer` from the positions' states after `layer` layers, or from the deepest state below that
  /// where a position has not come so far, and marks them `state`.
  void project(const Context& context, std::uint32_t layer, std::span<const Position> positions,
               KvState state) noexcept;

  /// Logits of the exit after `layers` layers for rows of hidden states: out[i] = head(norm(states[i])).
  void exit_logits(std::uint32_t layers, std::span<const Position> positions, LayerCache& cache, float* out) noexcept;
  /// What exit_logits() gives to the head; valid until the runner's next call.
  QuantizedRows exit_inputs(std::uint32_t layers, std::span<const Position> positions, LayerCache& cache) noexcept;
  /// What the last exit_logits() gave to the head for its `row`-th position; valid until the runner's next call.
  QuantizedRows head_input(std::size_t row) const noexcept;
  /// The head alone, on an input kept from an earlier exit_logits(): the same logits.
  void head_logits(const QuantizedRows& input, float* out) noexcept;

  /// Room for what depends on a byte alone and is therefore computed once. To be called before anything else.
  ///
  /// byte_table  [256 x (hidden + 2 * kv_dim)] Q, K and V of the first layer, which run() and project() look up
  /// skip_table  [n_layers x 256 x 2 * kv_dim] K and V of every layer from the embedding alone, or nullptr
  /// Both outlive the runner.
  void use_tables(float* byte_table, float* skip_table) noexcept;
  static std::size_t byte_table_floats(const ModelConfig& config) noexcept;

  /// Fills the byte's rows of the tables unless they are there: text of few kinds of bytes never pays for the others,
  /// and a new session for none.
  void learn(std::uint8_t byte) noexcept {
    if (!learnt_[byte]) fill_rows(byte);
  }
  /// Appends to a cache. What enters a cache in another way has to be learnt before anything reads it.
  Position append(LayerCache& cache, std::uint8_t byte) noexcept {
    learn(byte);
    return cache.append(byte);
  }

  const Work& work() const noexcept { return work_; }

 private:
  void fill_rows(std::uint8_t byte) noexcept;
  /// Projects the loaded states with `rows` of layer `layer`'s matrix of Q, K and V; or finds the result by byte.
  void project_states(const Context& context, std::uint32_t layer, std::span<const Position> positions,
                      const PackedMatrix& rows) noexcept;
  void load(LayerCache& cache, std::span<const Position> positions, std::uint32_t layers) noexcept;
  void feed_forward(const detail::LayerWeights& weights, std::size_t n_rows) noexcept;
  void normalize(const float* weight, std::size_t n_rows) noexcept;
  QuantizedRows quantize(const float* rows, std::size_t width, std::size_t n_rows) noexcept;
  void multiply(const PackedMatrix& matrix, const QuantizedRows& rows, Epilogue epilogue, float* out) noexcept;
  void attend(const Context& context, std::uint32_t layer, Position position, const float* query, float* out) noexcept;
  void store_kv(LayerCache& cache, std::uint32_t layer, Position position, const float* kv, KvState state) noexcept;

  const detail::ModelData* model_ = nullptr;
  float* byte_table_ = nullptr;
  float* skip_table_ = nullptr;
  std::array<bool, kVocabSize> learnt_{};
  Work work_;
  float* states_ = nullptr;            // [kMaxBatch x hidden]
  float* normed_ = nullptr;            // [kMaxBatch x hidden]
  float* projected_ = nullptr;         // [kMaxBatch x (hidden + 2 kv_dim)]
  float* attended_ = nullptr;          // [kMaxBatch x hidden]
  float* activated_ = nullptr;         // [kMaxBatch x ffn]
  std::uint8_t* quantized_ = nullptr;  // [kMaxBatch x stride]
  float* row_scales_ = nullptr;        // [kMaxBatch]
  std::int32_t* zero_points_ = nullptr;
  float* scores_ = nullptr;         // [kMaxWindow]
  const float** keys_ = nullptr;    // [kMaxWindow]
  const float** values_ = nullptr;  // [kMaxWindow]
};

}  // namespace mgt::decode
