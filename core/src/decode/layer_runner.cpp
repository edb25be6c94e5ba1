#include "decode/layer_runner.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "storage.hpp"

namespace mgt::decode {
namespace {

std::size_t quantized_stride(const ModelConfig& c) noexcept {
  return aligned_size(std::max<std::size_t>(c.hidden, c.ffn));
}

}  // namespace

std::size_t LayerRunner::plan_bytes(const ModelConfig& c) noexcept {
  const auto floats = [](std::size_t n) { return aligned_size(n * sizeof(float)); };
  return 3 * floats(kMaxBatch * c.hidden) + floats(kMaxBatch * c.qkv_width()) + floats(kMaxBatch * c.ffn) +
         aligned_size(kMaxBatch * quantized_stride(c)) + floats(kMaxBatch) +
         aligned_size(kMaxBatch * sizeof(std::int32_t)) + floats(kMaxWindow) +
         2 * aligned_size(kMaxWindow * sizeof(const float*));
}

LayerRunner::LayerRunner(const detail::ModelData& model, std::span<std::byte> scratch) noexcept : model_(&model) {
  const ModelConfig& c = model.config;
  Carver carver(scratch);
  states_ = carver.array<float>(kMaxBatch * c.hidden);
  normed_ = carver.array<float>(kMaxBatch * c.hidden);
  attended_ = carver.array<float>(kMaxBatch * c.hidden);
  projected_ = carver.array<float>(kMaxBatch * c.qkv_width());
  activated_ = carver.array<float>(kMaxBatch * c.ffn);
  quantized_ = carver.array<std::uint8_t>(kMaxBatch * quantized_stride(c));
  row_scales_ = carver.array<float>(kMaxBatch);
  zero_points_ = carver.array<std::int32_t>(kMaxBatch);
  scores_ = carver.array<float>(kMaxWindow);
  keys_ = carver.array<const float*>(kMaxWindow);
  values_ = carver.array<const float*>(kMaxWindow);
}

void LayerRunner::load(LayerCache& cache, std::span<const Position> positions, std::uint32_t layers) noexcept {
  const std::size_t hidden = model_->config.hidden;
  for (std::size_t i = 0; i < positions.size(); ++i) {
    const Position p = positions[i];
    const std::uint32_t depth = std::min<std::uint32_t>(layers, cache.depth(p));
    const float* row = depth == 0 ? model_->embedding + cache.token(p) * hidden : cache.state(p, depth);
    std::memcpy(states_ + i * hidden, row, hidden * sizeof(float));
  }
}

void LayerRunner::normalize(const float* weight, std::size_t n_rows) noexcept {
  const std::size_t hidden = model_->config.hidden;
  for (std::size_t i = 0; i < n_rows; ++i) {
    kernels().rmsnorm(states_ + i * hidden, weight, hidden, model_->config.rms_eps, normed_ + i * hidden);
  }
}

QuantizedRows LayerRunner::quantize(const float* rows, std::size_t width, std::size_t n_rows) noexcept {
  const std::size_t stride = quantized_stride(model_->config);
  for (std::size_t i = 0; i < n_rows; ++i) {
    kernels().quantize_u7(rows + i * width, width, quantized_ + i * stride, row_scales_ + i, zero_points_ + i);
  }
  return {quantized_, row_scales_, zero_points_, stride, n_rows};
}

void LayerRunner::multiply(const PackedMatrix& matrix, const QuantizedRows& rows, Epilogue epilogue,
                           float* out) noexcept {
  kernels().gemm(matrix, rows, epilogue, out, matrix.rows);
  work_.macs += std::uint64_t{matrix.rows} * matrix.cols * rows.n_tokens;
}

void LayerRunner::store_kv(LayerCache& cache, std::uint32_t layer, Position position, const float* kv,
                           KvState state) noexcept {
  std::memcpy(cache.kv_row(layer, position), kv, cache.kv_row_bytes());
  cache.set_kv_state(layer, position, state);
  work_.kv_bytes_written += cache.kv_row_bytes();
}

void LayerRunner::attend(const Context& context, std::uint32_t layer, Position position, const float* query,
                         float* out) noexcept {
  const ModelConfig& c = model_->config;
  LayerCache& cache = context.cache;
  const Position reach = std::min<Position>(position - cache.begin(), context.window - 1);
  std::uint32_t n_rows = 0;
  for (Position p = position - reach; p <= position; ++p, ++n_rows) {
    assert(cache.kv_state(layer, p) != KvState::pending);
    const float* row = cache.readable_kv_row(layer, p);
    keys_[n_rows] = row;
    values_[n_rows] = row + c.kv_dim();
  }
  AttentionArgs args;
  args.query = query;
  args.keys = keys_;
  args.values = values_;
  args.rope_cos = model_->rope_cos;
  args.rope_sin = model_->rope_sin;
  args.scores = scores_;
  args.out = out;
  args.n_rows = n_rows;
  args.n_heads = c.n_heads;
  args.n_kv_heads = c.n_kv_heads;
  args.head_dim = c.head_dim;
  kernels().attention(args);
  work_.kv_bytes_read += n_rows * cache.kv_row_bytes();
}

void LayerRunner::project_states(const Context& context, std::uint32_t layer, std::span<const Position> positions,
                                 const PackedMatrix& rows) noexcept {
  const ModelConfig& c = model_->config;
  if (layer > 0) {
    normalize(model_->layers[layer].attn_norm, positions.size());
    multiply(rows, quantize(normed_, c.hidden, positions.size()), Epilogue::store, projected_);
    return;
  }
  for (std::size_t i = 0; i < positions.size(); ++i) {
    const std::uint8_t byte = context.cache.token(positions[i]);
    assert(learnt_[byte]);
    const float* row = byte_table_ + byte * c.qkv_width();
    std::memcpy(projected_ + i * rows.rows, row + c.qkv_width() - rows.rows, rows.rows * sizeof(float));
  }
}

void LayerRunner::feed_forward(const detail::LayerWeights& weights, std::size_t n_rows) noexcept {
  const ModelConfig& c = model_->config;
  normalize(weights.ffn_norm, n_rows);
  multiply(weights.ffn_up, quantize(normed_, c.hidden, n_rows), Epilogue::relu, activated_);
  multiply(weights.ffn_down, quantize(activated_, c.ffn, n_rows), Epilogue::add, states_);
}

void LayerRunner::run(const Context& context, std::uint32_t layer, std::span<const Position> positions,
                      LayerPart part) noexcept {
  assert(!positions.empty() && positions.size() <= kMaxBatch);
  const ModelConfig& c = model_->config;
  const detail::LayerWeights& w = model_->layers[layer];
  LayerCache& cache = context.cache;
  const std::size_t n = positions.size();

  load(cache, positions, layer);
  project_states(context, layer, positions, w.qkv);
  for (std::size_t i = 0; i < n; ++i) {
    store_kv(cache, layer, positions[i], projected_ + i * c.qkv_width() + c.hidden, KvState::exact);
  }
  for (std::size_t i = 0; i < n; ++i) {
    attend(context, layer, positions[i], projected_ + i * c.qkv_width(), attended_ + i * c.hidden);
  }
  multiply(w.attn_output, quantize(attended_, c.hidden, n), Epilogue::add, states_);
  if (part == LayerPart::all) feed_forward(w, n);

  for (std::size_t i = 0; i < n; ++i) {
    std::memcpy(cache.state(positions[i], layer + 1), states_ + i * c.hidden, c.hidden * sizeof(float));
    cache.progress(positions[i]).depth = static_cast<std::uint8_t>(layer + 1);
  }
  if (part == LayerPart::all) work_.layers_run += n;
}

void LayerRunner::project(const Context& context, std::uint32_t layer, std::span<const Position> positions,
                          KvState state) noexcept {
  assert(!positions.empty() && positions.size() <= kMaxBatch);
  const detail::LayerWeights& w = model_->layers[layer];
  const std::size_t n = positions.size();
  load(context.cache, positions, layer);
  project_states(context, layer, positions, w.kv());
  for (std::size_t i = 0; i < n; ++i) {
    store_kv(context.cache, layer, positions[i], projected_ + i * 2 * model_->config.kv_dim(), state);
  }
  work_.kv_projections += n;
}

QuantizedRows LayerRunner::exit_inputs(std::uint32_t layers, std::span<const Position> positions,
                                       LayerCache& cache) noexcept {
  load(cache, positions, layers);
  normalize(model_->layers[layers - 1].exit_norm, positions.size());
  return quantize(normed_, model_->config.hidden, positions.size());
}

void LayerRunner::exit_logits(std::uint32_t layers, std::span<const Position> positions, LayerCache& cache,
                              float* out) noexcept {
  multiply(model_->head, exit_inputs(layers, positions, cache), Epilogue::store, out);
}

QuantizedRows LayerRunner::head_input(std::size_t row) const noexcept {
  const std::size_t stride = quantized_stride(model_->config);
  return {quantized_ + row * stride, row_scales_ + row, zero_points_ + row, stride, 1};
}

void LayerRunner::head_logits(const QuantizedRows& input, float* out) noexcept {
  multiply(model_->head, input, Epilogue::store, out);
}

std::size_t LayerRunner::byte_table_floats(const ModelConfig& config) noexcept {
  return kVocabSize * config.qkv_width();
}

void LayerRunner::use_tables(float* byte_table, float* skip_table) noexcept {
  byte_table_ = byte_table;
  skip_table_ = skip_table;
}

void LayerRunner::fill_rows(std::uint8_t byte) noexcept {
  const ModelConfig& c = model_->config;
  const float* embedding = model_->embedding + byte * c.hidden;
  std::memcpy(states_, embedding, c.hidden * sizeof(float));
  const auto project = [&](std::uint32_t layer, const PackedMatrix& rows, float* out) {
    normalize(model_->layers[layer].attn_norm, 1);
    kernels().gemm(rows, quantize(normed_, c.hidden, 1), Epilogue::store, out, rows.rows);
  };
  float* const first = byte_table_ + byte * c.qkv_width();
  project(0, model_->layers[0].qkv, first);
  const std::size_t kv_floats = std::size_t{2} * c.kv_dim();
  for (std::uint32_t layer = 0; skip_table_ != nullptr && layer < c.n_layers; ++layer) {
    float* const row = skip_table_ + (std::size_t{layer} * kVocabSize + byte) * kv_floats;
    if (layer == 0) {
      std::memcpy(row, first + c.hidden, kv_floats * sizeof(float));
    } else {
      project(layer, model_->layers[layer].kv(), row);
    }
  }
  learnt_[byte] = true;
}

}  // namespace mgt::decode
