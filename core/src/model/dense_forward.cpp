#include "model/dense_forward.hpp"

#include <algorithm>

namespace mgt::detail {
namespace {

/// y[t] = epilogue(w * x[t]) for `n` rows of `w.cols` floats; rows of y have w.rows floats.
void matmul(const KernelTable& k, const PackedMatrix& w, std::span<const float> x, Epilogue epilogue, float* y) {
  const std::size_t n = x.size() / w.cols;
  const std::size_t stride = (w.cols + 63) / 64 * 64;
  std::vector<std::uint8_t> values(n * stride);
  std::vector<float> scales(n);
  std::vector<std::int32_t> zero_points(n);
  for (std::size_t t = 0; t < n; ++t) {
    k.quantize_u7(x.data() + t * w.cols, w.cols, values.data() + t * stride, &scales[t], &zero_points[t]);
  }
  k.gemm(w, {values.data(), scales.data(), zero_points.data(), stride, n}, epilogue, y, w.rows);
}

std::vector<float> normed(const KernelTable& k, std::span<const float> x, const float* weight, const ModelConfig& c) {
  std::vector<float> out(x.size());
  for (std::size_t i = 0; i < x.size(); i += c.hidden) k.rmsnorm(&x[i], weight, c.hidden, c.rms_eps, &out[i]);
  return out;
}

/// Attention of every position over rows of q, k, v as the fused matrix gives them.
std::vector<float> attend(const KernelTable& k, const ModelData& model, const std::vector<float>& qkv, std::size_t n,
                          std::uint32_t window) {
  const ModelConfig& c = model.config;
  const std::size_t stride = c.hidden + 2 * c.kv_dim();
  std::vector<const float*> keys(n), values(n);
  for (std::size_t j = 0; j < n; ++j) {
    keys[j] = qkv.data() + j * stride + c.hidden;
    values[j] = keys[j] + c.kv_dim();
  }
  std::vector<float> out(n * c.hidden);
  std::vector<float> scores(kMaxWindow);
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t n_rows = std::min<std::size_t>(i + 1, window);
    AttentionArgs args;
    args.query = qkv.data() + i * stride;
    args.keys = keys.data() + (i + 1 - n_rows);
    args.values = values.data() + (i + 1 - n_rows);
    args.rope_cos = model.rope_cos;
    args.rope_sin = model.rope_sin;
    args.scores = scores.data();
    args.out = out.data() + i * c.hidden;
    args.n_rows = static_cast<std::uint32_t>(n_rows);
    args.n_heads = c.n_heads;
    args.n_kv_heads = c.n_kv_heads;
    args.head_dim = c.head_dim;
    k.attention(args);
  }
  return out;
}

}  // namespace

DenseResult dense_forward(const ModelData& model, const KernelTable& k, std::span<const std::uint8_t> tokens,
                          std::uint32_t window) {
  const ModelConfig& c = model.config;
  const std::size_t n = tokens.size();
  DenseResult result;
  result.n_tokens = n;
  result.hidden_size = c.hidden;
  result.hidden.reserve((c.n_layers + 1) * n * c.hidden);
  result.logits.resize(c.n_layers * n * kVocabSize);

  std::vector<float> x(n * c.hidden);
  for (std::size_t i = 0; i < n; ++i) {
    std::copy_n(model.embedding + std::size_t{tokens[i]} * c.hidden, c.hidden,
                x.begin() + static_cast<std::ptrdiff_t>(i * c.hidden));
  }
  result.hidden.insert(result.hidden.end(), x.begin(), x.end());
  std::vector<float> qkv(n * (c.hidden + 2 * c.kv_dim()));
  std::vector<float> up(n * c.ffn);
  for (std::uint32_t i = 0; i < c.n_layers; ++i) {
    const LayerWeights& layer = model.layers[i];
    matmul(k, layer.qkv, normed(k, x, layer.attn_norm, c), Epilogue::store, qkv.data());
    matmul(k, layer.attn_output, attend(k, model, qkv, n, window), Epilogue::add, x.data());
    matmul(k, layer.ffn_up, normed(k, x, layer.ffn_norm, c), Epilogue::relu, up.data());
    matmul(k, layer.ffn_down, up, Epilogue::add, x.data());
    matmul(k, model.head, normed(k, x, layer.exit_norm, c), Epilogue::store, result.logits.data() + i * n * kVocabSize);
    result.hidden.insert(result.hidden.end(), x.begin(), x.end());
  }
  return result;
}

}  // namespace mgt::detail
