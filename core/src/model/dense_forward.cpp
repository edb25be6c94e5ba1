#include "model/dense_forward.hpp"

#include <algorithm>

namespace mgt::detail {
namespace {

constexpr std::size_t padded(std::size_t columns) noexcept {
  return (columns + 63) / 64 * 64;
}

/// One chunk on its way through the layers; every array has `n` rows.
struct Chunk {
  std::size_t n = 0;
  Array<float> state;     ///< [n x hidden], the residual stream
  Array<float> normed;    ///< [n x hidden]
  Array<float> qkv;       ///< [n x (hidden + 2 kv_dim)], as the fused matrix gives them
  Array<float> attended;  ///< [n x hidden]
  Array<float> up;        ///< [n x ffn]
  Array<const float*> keys;
  Array<const float*> values;
  // The input of a matrix product, quantised; rows of the widest one.
  Array<std::uint8_t> quantized;
  Array<float> scales;
  Array<std::int32_t> zero_points;

  [[nodiscard]] bool allocate(std::size_t size, const ModelConfig& c) noexcept {
    n = size;
    return state.allocate(n * c.hidden) && normed.allocate(n * c.hidden) && qkv.allocate(n * c.qkv_width()) &&
           attended.allocate(n * c.hidden) && up.allocate(n * c.ffn) && keys.allocate(n) && values.allocate(n) &&
           quantized.allocate(n * padded(std::max(c.hidden, c.ffn))) && scales.allocate(n) && zero_points.allocate(n);
  }
};

/// y[t] = epilogue(w * x[t]) for rows of w.cols floats; rows of y have w.rows floats.
void matmul(const KernelTable& k, const PackedMatrix& w, const Array<float>& x, Epilogue epilogue, float* y,
            Chunk& chunk) noexcept {
  const std::size_t stride = padded(w.cols);
  for (std::size_t t = 0; t < chunk.n; ++t) {
    k.quantize_u7(x.data() + t * w.cols, w.cols, chunk.quantized.data() + t * stride, &chunk.scales[t],
                  &chunk.zero_points[t]);
  }
  k.gemm(w, {chunk.quantized.data(), chunk.scales.data(), chunk.zero_points.data(), stride, chunk.n}, epilogue, y,
         w.rows);
}

const Array<float>& normed(const KernelTable& k, const float* weight, const ModelConfig& c, Chunk& chunk) noexcept {
  for (std::size_t i = 0; i < chunk.state.size(); i += c.hidden) {
    k.rmsnorm(&chunk.state[i], weight, c.hidden, c.rms_eps, &chunk.normed[i]);
  }
  return chunk.normed;
}

/// Attention of every position over the rows of q, k, v.
const Array<float>& attend(const KernelTable& k, const ModelData& model, std::uint32_t window, Chunk& chunk) noexcept {
  const ModelConfig& c = model.config;
  const std::size_t stride = c.qkv_width();
  for (std::size_t j = 0; j < chunk.n; ++j) {
    chunk.keys[j] = chunk.qkv.data() + j * stride + c.hidden;
    chunk.values[j] = chunk.keys[j] + c.kv_dim();
  }
  alignas(kStorageAlignment) float scores[kMaxWindow];
  for (std::size_t i = 0; i < chunk.n; ++i) {
    const std::size_t n_rows = std::min<std::size_t>(i + 1, window);
    AttentionArgs args;
    args.query = chunk.qkv.data() + i * stride;
    args.keys = chunk.keys.data() + (i + 1 - n_rows);
    args.values = chunk.values.data() + (i + 1 - n_rows);
    args.rope_cos = model.rope_cos;
    args.rope_sin = model.rope_sin;
    args.scores = scores;
    args.out = chunk.attended.data() + i * c.hidden;
    args.n_rows = static_cast<std::uint32_t>(n_rows);
    args.n_heads = c.n_heads;
    args.n_kv_heads = c.n_kv_heads;
    args.head_dim = c.head_dim;
    k.attention(args);
  }
  return chunk.attended;
}

void run_layer(const KernelTable& k, const ModelData& model, const LayerWeights& layer, std::uint32_t window,
               Chunk& chunk) noexcept {
  const ModelConfig& c = model.config;
  float* const state = chunk.state.data();
  matmul(k, layer.qkv, normed(k, layer.attn_norm, c, chunk), Epilogue::store, chunk.qkv.data(), chunk);
  matmul(k, layer.attn_output, attend(k, model, window, chunk), Epilogue::add, state, chunk);
  matmul(k, layer.ffn_up, normed(k, layer.ffn_norm, c, chunk), Epilogue::relu, chunk.up.data(), chunk);
  matmul(k, layer.ffn_down, chunk.up, Epilogue::add, state, chunk);
}

}  // namespace

Expected<DenseResult> dense_forward(const ModelData& model, const KernelTable& k, std::span<const std::uint8_t> tokens,
                                    std::uint32_t window) noexcept {
  const ModelConfig& c = model.config;
  DenseResult result;
  result.n_tokens = tokens.size();
  result.hidden_size = c.hidden;
  const std::size_t state_size = tokens.size() * c.hidden;
  const std::size_t logits_size = tokens.size() * kVocabSize;
  Chunk chunk;
  if (!result.hidden.allocate((c.n_layers + 1) * state_size) || !result.logits.allocate(c.n_layers * logits_size) ||
      !chunk.allocate(tokens.size(), c)) {
    return fail(Errc::out_of_memory, "the states of %zu tokens could not be allocated", tokens.size());
  }
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    std::copy_n(model.embedding + std::size_t{tokens[i]} * c.hidden, c.hidden, &chunk.state[i * c.hidden]);
  }
  const auto keep_state = [&](std::uint32_t depth) {
    std::copy_n(chunk.state.data(), state_size, result.hidden.data() + depth * state_size);
  };
  keep_state(0);
  for (std::uint32_t i = 0; i < c.n_layers; ++i) {
    const LayerWeights& layer = model.layers[i];
    run_layer(k, model, layer, window, chunk);
    matmul(k, model.head, normed(k, layer.exit_norm, c, chunk), Epilogue::store, result.logits.data() + i * logits_size,
           chunk);
    keep_state(i + 1);
  }
  return result;
}

}  // namespace mgt::detail
