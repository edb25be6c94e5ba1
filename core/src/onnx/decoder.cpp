#include "onnx/decoder.hpp"

#include <algorithm>
#include <cmath>

#include "model/row_quantize.hpp"
#include "model/tensor_schema.hpp"
#include "text/format.hpp"

namespace mgt::onnx {
namespace {

using detail::TensorName;

constexpr float kHidden = -1e30f;  ///< score of a key that must not be seen: its weight is exactly 0

Name prefix_of(std::uint32_t layer) {
  return numbered("blk.", layer).append(".");
}

}  // namespace

std::vector<std::byte> Decoder::window_graph() {
  graph_.add_input("tokens", DataType::i64, {{.size = options_.tokens}});
  Name x = embed("tokens");
  std::uint32_t rows = options_.tokens;
  for (std::uint32_t layer = 0; layer < config_.n_layers; ++layer) {
    const Span span = span_of(layer);
    x = last_rows(prefix_of(layer) + "in", x, rows, span.in, 0);
    Heads heads = project(layer, x, span.in, constant_rotation(graph_, config_, span.in));
    heads.q = last_rows(prefix_of(layer) + "q.last", heads.q, span.in, span.out, 2);
    const Name attended = attend(layer, heads, span.out, sliding_mask(span));
    x = finish_layer(layer, last_rows(prefix_of(layer) + "out", x, span.in, span.out, 0), attended);
    rows = span.out;
  }
  exit(last_rows("last", x, rows, 1, 0));
  char text[160];
  text::format_text(text, "Logits after the last of %u tokens, attention window %u", options_.tokens, options_.window);
  return graph_.finish("window", text);
}

std::vector<std::byte> Decoder::step_graph() {
  const Dim layers{.size = config_.n_layers}, heads{.size = config_.n_kv_heads}, head_dim{.size = config_.head_dim};
  const std::int64_t axis_of_positions = 2;
  graph_.add_input("token", DataType::i64, {{.size = 1}});
  graph_.add_input("position", DataType::i64, {{.size = 1}});
  for (const char* past : {"past_k", "past_v"}) {
    graph_.add_input(past, DataType::f32, {layers, heads, {.symbol = "past"}, head_dim});
  }
  const Rotation rotation = computed_rotation(graph_, config_, "position");
  const Attributes by_position = {{.name = "axis", .value = axis_of_positions}};
  const auto past_k = graph_.nodes("Split", "past_k.layer", {"past_k"}, config_.n_layers);
  const auto past_v = graph_.nodes("Split", "past_v.layer", {"past_v"}, config_.n_layers);
  std::vector<Name> new_k, new_v;
  Name x = embed("token");
  for (std::uint32_t layer = 0; layer < config_.n_layers; ++layer) {
    Heads now = project(layer, x, 1, rotation);
    new_k.push_back(now.k);
    new_v.push_back(now.v);
    now.k = graph_.node("Concat", prefix_of(layer) + "keys", {past_k[layer], now.k}, by_position);
    now.v = graph_.node("Concat", prefix_of(layer) + "values", {past_v[layer], now.v}, by_position);
    x = finish_layer(layer, x, attend(layer, now, 1, ""));
  }
  exit(x);
  const auto keep = [&](const Name& past, const std::vector<Name>& added, const Name& name) {
    const Name of_all_layers = graph_.node("Concat", name + ".new", added, {{.name = "axis", .value = 0}});
    const Name longer = graph_.node("Concat", name + ".longer", {past, of_all_layers}, by_position);
    const Name from = integers("cache.from", {1 - std::int64_t{options_.window}});
    const Name to = integers("cache.to", {kMaxOnnxTokens});
    graph_.node("Slice", name, {longer, from, to, integers("cache.axis", {axis_of_positions})});
    graph_.add_output(name, DataType::f32, {layers, heads, {.symbol = "present"}, head_dim});
  };
  keep("past_k", new_k, "present_k");
  keep("past_v", new_v, "present_v");
  char text[160];
  text::format_text(text, "One token of a stream with a cache of its %u predecessors", options_.window - 1);
  return graph_.finish("step", text);
}

Decoder::Span Decoder::span_of(std::uint32_t layer) const {
  if (!options_.narrow) return {options_.tokens, options_.tokens};
  const auto needed = [&](std::uint32_t above) {
    return std::min(options_.tokens, config_.receptive_field(above, options_.window));
  };
  return {needed(config_.n_layers - layer), needed(config_.n_layers - layer - 1)};
}

Name Decoder::sliding_mask(Span span) {
  const std::uint32_t group = config_.n_heads / config_.n_kv_heads;
  std::vector<float> mask(std::size_t{group} * span.out * span.in, kHidden);
  for (std::uint32_t row = 0; row < group * span.out; ++row) {
    const std::uint32_t last = span.in - span.out + row % span.out;
    const std::uint32_t first = last - std::min(last, options_.window - 1);
    std::fill_n(&mask[std::size_t{row} * span.in + first], last - first + 1, 0.0f);
  }
  return graph_.constant(numbered(numbered("mask.", span.out).append("x"), span.in),
                         {std::int64_t{group} * span.out, span.in}, mask);
}

Name Decoder::embed(const Name& tokens) {
  const Name table = floats_of(detail::kEmbeddingName, {std::int64_t{kVocabSize}, config_.hidden});
  return graph_.node("Gather", "embedded", {table, tokens});
}

Name Decoder::normalize(const Name& name, const Name& x, const Name& weight) {
  const Name two = graph_.constant("two", {}, std::vector<float>{2.0f});
  const Name eps = graph_.constant("rms_eps", {}, std::vector<float>{config_.rms_eps});
  const Name squares = graph_.node("Pow", name + ".squares", {x, two});
  const Name mean = graph_.node("ReduceMean", name + ".mean", {squares}, {{.name = "axes", .list = {-1}}});
  const Name sum = graph_.node("Add", name + ".sum", {mean, eps});
  const Name root = graph_.node("Sqrt", name + ".root", {sum});
  const Name unit = graph_.node("Div", name + ".unit", {x, root});
  return graph_.node("Mul", name, {unit, floats_of(weight, {config_.hidden})});
}

Decoder::Heads Decoder::project(std::uint32_t layer, const Name& x, std::uint32_t n, const Rotation& rotation) {
  const Name prefix = prefix_of(layer);
  const Name normed = normalize(prefix + "attn_normed", x, TensorName(layer, "attn_norm").text);
  const float scale = 1.0f / std::sqrt(static_cast<float>(config_.head_dim));
  const Name qkv = multiply(prefix + "attn_qkv", normed,
                            {{file_.find_tensor(TensorName(layer, "attn_q").text), scale},
                             {file_.find_tensor(TensorName(layer, "attn_k").text)},
                             {file_.find_tensor(TensorName(layer, "attn_v").text)}});
  const std::int64_t n_q = config_.n_heads, n_kv = config_.n_kv_heads, head_dim = config_.head_dim;
  Name heads;
  if (n == 1) {
    heads = graph_.node("Reshape", prefix + "heads", {qkv, integers("shape.heads", {1, n_q + 2 * n_kv, 1, head_dim})});
  } else {
    const Name shape = integers(numbered("shape.heads.", n), {1, n, n_q + 2 * n_kv, head_dim});
    const Name rows = graph_.node("Reshape", prefix + "rows", {qkv, shape});
    heads = graph_.node("Transpose", prefix + "heads", {rows}, {{.name = "perm", .list = {0, 2, 1, 3}}});
  }
  const Attributes by_head = {{.name = "axis", .value = 1}};
  const auto qk_v =
      graph_.nodes("Split", prefix + "qk_v", {heads, integers("split.qk_v", {n_q + n_kv, n_kv})}, 2, by_head);
  const Name rotated = rotate(graph_, prefix + "rotated", qk_v[0], rotation);
  const auto q_k = graph_.nodes("Split", prefix + "q_k", {rotated, integers("split.q_k", {n_q, n_kv})}, 2, by_head);
  return {q_k[0], q_k[1], qk_v[1]};
}

Name Decoder::attend(std::uint32_t layer, const Heads& heads, std::uint32_t n, const Name& mask) {
  const Name prefix = prefix_of(layer);
  const std::int64_t n_kv = config_.n_kv_heads, group = config_.n_heads / config_.n_kv_heads;
  const std::int64_t n_rows = n, head_dim = config_.head_dim;
  const Name suffix = numbered(".", n);
  // Heads that share keys stand next to each other: they are further rows of one product.
  Name q = heads.q;
  if (group > 1) {
    q = graph_.node("Reshape", prefix + "q.grouped",
                    {q, integers("shape.grouped" + suffix, {1, n_kv, group * n_rows, head_dim})});
  }
  const Name k = graph_.node("Transpose", prefix + "k.transposed", {heads.k}, {{.name = "perm", .list = {0, 1, 3, 2}}});
  Name scores = graph_.node("MatMul", prefix + "scores", {q, k});
  if (!mask.empty()) scores = graph_.node("Add", prefix + "scores.masked", {scores, mask});
  const Name weights = graph_.node("Softmax", prefix + "attn_weights", {scores}, {{.name = "axis", .value = -1}});
  Name mixed = graph_.node("MatMul", prefix + "mixed", {weights, heads.v});
  if (n > 1) {
    if (group > 1) {
      mixed = graph_.node("Reshape", prefix + "mixed.heads",
                          {mixed, integers("shape.ungrouped" + suffix, {1, group * n_kv, n_rows, head_dim})});
    }
    mixed = graph_.node("Transpose", prefix + "mixed.rows", {mixed}, {{.name = "perm", .list = {0, 2, 1, 3}}});
  }
  return graph_.node("Reshape", prefix + "attended",
                     {mixed, integers("shape.hidden" + suffix, {n_rows, config_.hidden})});
}

Name Decoder::finish_layer(std::uint32_t layer, const Name& x, const Name& attended) {
  const Name prefix = prefix_of(layer);
  const auto product = [&](const char* part, const Name& in) {
    return multiply(prefix + part, in, {{file_.find_tensor(TensorName(layer, part).text)}});
  };
  const Name between = graph_.node("Add", prefix + "attn_added", {x, product("attn_output", attended)});
  const Name normed = normalize(prefix + "ffn_normed", between, TensorName(layer, "ffn_norm").text);
  const Name active = graph_.node("Relu", prefix + "ffn_active", {product("ffn_up", normed)});
  return graph_.node("Add", prefix + "ffn_added", {between, product("ffn_down", active)});
}

void Decoder::exit(const Name& x) {
  const Name normed = normalize("exit_normed", x, TensorName(config_.n_layers - 1, "exit_norm").text);
  multiply("logits", normed, {{file_.find_tensor(detail::kHeadName)}});
  graph_.add_output("logits", DataType::f32, {{.size = 1}, {.size = std::int64_t{kVocabSize}}});
}

Name Decoder::multiply(const Name& name, const Name& x, const std::vector<Part>& parts) {
  return add_product(graph_, options_.weights, name, x, parts);
}

Name Decoder::floats_of(const Name& tensor_name, const Dims& dims) {
  const gguf::Tensor& tensor = *file_.find_tensor(tensor_name.c_str());
  const auto columns = static_cast<std::size_t>(tensor.columns());
  std::vector<float> values(columns * static_cast<std::size_t>(tensor.rows()));
  for (std::uint64_t r = 0; r < tensor.rows(); ++r) {
    read_row(tensor, r, std::span(values).subspan(static_cast<std::size_t>(r) * columns, columns));
  }
  return graph_.constant(tensor_name, dims, values);
}

Name Decoder::integers(const Name& name, const Dims& values) {
  return graph_.constant(name, {static_cast<std::int64_t>(values.size())}, values);
}

Name Decoder::last_rows(const Name& name, const Name& x, std::uint32_t from, std::uint32_t keep, std::int64_t axis) {
  if (keep == from) return x;
  const Name first = integers(numbered("from.", from - keep), {std::int64_t{from} - keep});
  const Name end = integers(numbered("to.", from), {from});
  return graph_.node("Slice", name, {x, first, end, integers(numbered("axis.", axis), {axis})});
}

}  // namespace mgt::onnx
