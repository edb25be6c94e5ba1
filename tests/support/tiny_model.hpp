// Small random models, written to GGUF in memory: what the tests load instead of shipped files.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "mgt/model.hpp"
#include "model/float16.hpp"
#include "model/gguf_writer.hpp"
#include "model/row_quantize.hpp"
#include "reference_forward.hpp"

namespace mgt::test {

struct TinyOptions {
  std::uint32_t n_layers = 3;
  std::uint32_t hidden = 64;
  std::uint32_t n_heads = 2;
  std::uint32_t n_kv_heads = 2;
  std::uint32_t ffn = 96;
  std::uint32_t context_length = 32;
  std::uint32_t window = 8;
  std::uint32_t window_min = 4;
  std::uint32_t window_max = 64;
  float rms_eps = 1e-5f;
  float rope_theta = 10000.0f;
  std::uint64_t seed = 1;
  gguf::TensorType embedding_type = gguf::TensorType::f32;
  gguf::TensorType matrix_type = gguf::TensorType::f32;
  std::size_t self_test_tokens = 32;
  float self_test_tolerance = 0.5f;  ///< int8 noise of these models stays below 0.2 for logits of about +-3
  bool statistics = true;            ///< write lambda statistics, signature mean and calibration

  /// Last say over the keys and tensors, before they are written.
  std::function<void(Weights&)> edit_weights;
  std::function<void(gguf::Writer&)> add_keys;
};

inline ModelConfig tiny_config(const TinyOptions& o) {
  ModelConfig c;
  c.n_layers = o.n_layers;
  c.hidden = o.hidden;
  c.n_heads = o.n_heads;
  c.n_kv_heads = o.n_kv_heads;
  c.head_dim = o.hidden / o.n_heads;
  c.ffn = o.ffn;
  c.context_length = o.context_length;
  c.window = o.window;
  c.window_min = o.window_min;
  c.window_max = o.window_max;
  c.rms_eps = o.rms_eps;
  c.rope_theta = o.rope_theta;
  return c;
}

/// splitmix64: the same numbers everywhere.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }
  /// Uniform in [-1, 1).
  float uniform() { return static_cast<float>(static_cast<std::int64_t>(next() >> 40) - (1 << 23)) * 0x1p-23f; }

 private:
  std::uint64_t state_;
};

struct TensorSpec {
  std::string name;
  std::vector<std::uint64_t> dims;  ///< GGUF order: columns first
};

/// Every tensor of a model in file order.
inline std::vector<TensorSpec> tensor_specs(const ModelConfig& c) {
  const std::uint64_t hidden = c.hidden, kv = c.kv_dim(), ffn = c.ffn;
  std::vector<TensorSpec> specs = {{"token_embd.weight", {hidden, kVocabSize}}};
  for (std::uint32_t layer = 0; layer < c.n_layers; ++layer) {
    const std::string blk = "blk." + std::to_string(layer) + ".";
    specs.push_back({blk + "attn_norm.weight", {hidden}});
    specs.push_back({blk + "attn_q.weight", {hidden, hidden}});
    specs.push_back({blk + "attn_k.weight", {hidden, kv}});
    specs.push_back({blk + "attn_v.weight", {hidden, kv}});
    specs.push_back({blk + "attn_output.weight", {hidden, hidden}});
    specs.push_back({blk + "ffn_norm.weight", {hidden}});
    specs.push_back({blk + "ffn_up.weight", {hidden, ffn}});
    specs.push_back({blk + "ffn_down.weight", {ffn, hidden}});
    specs.push_back({blk + "exit_norm.weight", {hidden}});
  }
  specs.push_back({"output.weight", {hidden, kVocabSize}});
  return specs;
}

inline Weights tiny_weights(const TinyOptions& o) {
  Random random(o.seed);
  Weights weights;
  for (const TensorSpec& spec : tensor_specs(tiny_config(o))) {
    const bool is_norm = spec.dims.size() == 1;
    const bool is_embedding = spec.name == "token_embd.weight";
    std::vector<float> values(static_cast<std::size_t>(is_norm ? spec.dims[0] : spec.dims[0] * spec.dims[1]));
    const float spread = is_embedding ? 1.0f : std::sqrt(3.0f / static_cast<float>(spec.dims[0]));
    for (float& v : values) v = is_norm ? 1.0f + 0.2f * random.uniform() : spread * random.uniform();
    weights[spec.name] = std::move(values);
  }
  if (o.edit_weights) o.edit_weights(weights);
  return weights;
}

/// A row-major float tensor in the encoding of `type`.
inline std::vector<std::byte> encode_tensor(gguf::TensorType type, std::span<const float> values, std::size_t cols) {
  const auto raw = [](const auto& v) {
    const auto bytes = std::as_bytes(std::span(v));
    return std::vector<std::byte>(bytes.begin(), bytes.end());
  };
  if (type == gguf::TensorType::f32) return raw(values);
  if (type == gguf::TensorType::f16) {
    std::vector<std::uint16_t> halves;
    for (const float v : values) halves.push_back(f32_to_f16(v));
    return raw(halves);
  }
  const gguf::BlockShape block = gguf::block_shape(type);
  std::vector<std::byte> out(values.size() / block.elements * block.bytes);
  if (type == gguf::TensorType::q8_0) {
    for (std::size_t r = 0; r < values.size() / cols; ++r) {
      detail::encode_q8_0_row(values.subspan(r * cols, cols), out.data() + r * (cols / 32 * block.bytes));
    }
    return out;
  }
  for (std::size_t b = 0; b < values.size() / 32; ++b) {  // Q4_0: scale = max / 7, codes 1..15
    const auto v = values.subspan(b * 32, 32);
    float largest = 0;
    for (const float x : v) largest = std::max(largest, std::fabs(x));
    const std::uint16_t half = f32_to_f16(largest / 7.0f);
    const float scale = f16_to_f32(half);
    const auto code = [&](float x) {
      return scale == 0 ? 8u : static_cast<unsigned>(std::clamp(std::lround(x / scale) + 8l, 0l, 15l));
    };
    std::memcpy(out.data() + b * 18, &half, 2);
    for (std::size_t k = 0; k < 16; ++k) {
      out[b * 18 + 2 + k] = static_cast<std::byte>(code(v[k]) | (code(v[k + 16]) << 4));
    }
  }
  return out;
}

/// `n` pseudo-random tokens.
inline std::vector<std::uint8_t> random_tokens(std::size_t n, std::uint64_t seed) {
  Random random(seed);
  std::vector<std::uint8_t> tokens(n);
  for (auto& t : tokens) t = static_cast<std::uint8_t>(random.next() >> 56);
  return tokens;
}

inline void add_config_keys(gguf::Writer& writer, const TinyOptions& o) {
  writer.add_string("general.architecture", "mgt");
  writer.add_string("general.name", "tiny");
  writer.add_u32("general.file_type", static_cast<std::uint32_t>(o.matrix_type == gguf::TensorType::q8_0 ? 7 : 0));
  writer.add_u32("mgt.vocab_size", kVocabSize);
  writer.add_u32("mgt.context_length", o.context_length);
  writer.add_u32("mgt.embedding_length", o.hidden);
  writer.add_u32("mgt.block_count", o.n_layers);
  writer.add_u32("mgt.feed_forward_length", o.ffn);
  writer.add_u32("mgt.attention.head_count", o.n_heads);
  writer.add_u32("mgt.attention.head_count_kv", o.n_kv_heads);
  writer.add_f32("mgt.attention.layer_norm_rms_epsilon", o.rms_eps);
  writer.add_u32("mgt.attention.sliding_window", o.window);
  writer.add_u32("mgt.window_min", o.window_min);
  writer.add_u32("mgt.window_max", o.window_max);
  writer.add_f32("mgt.rope.freq_base", o.rope_theta);
  writer.add_string("mgt.feed_forward_activation", "relu");
}

/// Self-test vectors as training writes them: float logits of every exit after the last token.
inline void add_self_test(gguf::Writer& writer, const TinyOptions& o, const Weights& weights) {
  const ModelConfig c = tiny_config(o);
  const auto tokens = random_tokens(o.self_test_tokens, o.seed + 1);
  const auto all = reference_logits(c, weights, tokens, c.window);
  std::vector<float> last;
  for (std::size_t e = 0; e < c.n_layers; ++e) {
    const auto at = all.begin() + static_cast<std::ptrdiff_t>((e * tokens.size() + tokens.size() - 1) * kVocabSize);
    last.insert(last.end(), at, at + kVocabSize);
  }
  writer.add_u32_array("mgt.selftest.tokens", std::vector<std::uint32_t>(tokens.begin(), tokens.end()));
  writer.add_f32_array("mgt.selftest.logits", last);
  writer.add_f32("mgt.selftest.tolerance", o.self_test_tolerance);
}

inline void add_statistics(gguf::Writer& writer, const TinyOptions& o) {
  const std::array<float, 10> mean = {.5f, .5f, .5f, .5f, .5f, .5f, .5f, .5f, .5f, .5f};
  const std::array<float, 10> sd = {.1f, .1f, .1f, .1f, .1f, .1f, .1f, .1f, .1f, .1f};
  writer.add_f32_array("mgt.lambda.similarity_mean", mean);
  writer.add_f32_array("mgt.lambda.similarity_sd", sd);
  writer.add_f32_array("mgt.lambda.bigram_mean", mean);
  writer.add_f32_array("mgt.lambda.bigram_sd", sd);
  writer.add_f32_array("mgt.signature_mean", std::vector<float>(o.hidden, 0.01f));
}

/// The file of a model with these weights.
inline std::vector<std::byte> write_gguf(const TinyOptions& o, const Weights& weights) {
  gguf::Writer writer;
  add_config_keys(writer, o);
  if (o.self_test_tokens > 0) add_self_test(writer, o, weights);
  if (o.statistics) add_statistics(writer, o);
  if (o.add_keys) o.add_keys(writer);
  for (const TensorSpec& spec : tensor_specs(tiny_config(o))) {
    const gguf::TensorType type = spec.dims.size() == 1              ? gguf::TensorType::f32
                                  : spec.name == "token_embd.weight" ? o.embedding_type
                                                                     : o.matrix_type;
    writer.add_tensor(spec.name, type, spec.dims,
                      encode_tensor(type, weights.at(spec.name), static_cast<std::size_t>(spec.dims[0])));
  }
  return writer.finish();
}

inline std::vector<std::byte> tiny_gguf(const TinyOptions& o = {}) {
  return write_gguf(o, tiny_weights(o));
}

/// A loaded model; ends the test program where the file is refused.
inline Model tiny_model(const TinyOptions& o = {}) {
  auto model = Model::load(tiny_gguf(o));
  if (!model) {
    std::fprintf(stderr, "tiny model refused: %s\n", model.error().message());
    std::abort();
  }
  return *std::move(model);
}

}  // namespace mgt::test
