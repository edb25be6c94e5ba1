// The exported graphs, run by an interpreter of their own, against the reference of the model. bench/peers holds them
// against onnxruntime.
#include "mgt/onnx.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cmath>
#include <string>

#include "mgt/convert.hpp"
#include "model/row_quantize.hpp"
#include "onnx/run_onnx.hpp"
#include "support/tiny_model.hpp"

using namespace mgt;
using namespace mgt::test;

namespace {

constexpr std::size_t kTokens = 20;

OnnxTensor token_tensor(std::span<const std::uint8_t> tokens) {
  return {{static_cast<std::int64_t>(tokens.size())}, {tokens.begin(), tokens.end()}};
}

std::vector<double> run_window(const std::vector<std::byte>& file, std::span<const std::uint8_t> tokens) {
  return OnnxRunner(read_onnx(file)).run({{"tokens", token_tensor(tokens)}}).at("logits").values;
}

/// Streams the tokens through the step graph, from an empty cache and position 100; the logits after the last.
std::vector<double> run_steps(const std::vector<std::byte>& file, const TinyOptions& o,
                              std::span<const std::uint8_t> tokens) {
  const std::int64_t head_dim = o.hidden / o.n_heads;
  OnnxRunner runner(read_onnx(file));
  OnnxTensor past_k{{o.n_layers, o.n_kv_heads, 0, head_dim}, {}};
  OnnxTensor past_v = past_k;
  std::vector<double> logits;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const OnnxTensor position{{1}, {static_cast<double>(100 + i)}};
    OnnxValues out = runner.run({{"token", token_tensor(tokens.subspan(i, 1))},
                                 {"position", position},
                                 {"past_k", past_k},
                                 {"past_v", past_v}});
    past_k = out.at("present_k");
    past_v = out.at("present_v");
    CHECK(past_k.dims[2] == static_cast<std::int64_t>(std::min<std::size_t>(i + 1, o.window - 1)));
    logits = out.at("logits").values;
  }
  return logits;
}

double largest_difference(const std::vector<double>& a, std::span<const float> b) {
  REQUIRE(a.size() == b.size());
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::fabs(a[i] - b[i]));
  return largest;
}

/// The weights as the file has them after its rounding.
Weights stored_weights(const TinyOptions& o, const std::vector<std::byte>& bytes) {
  const auto file = gguf::File::parse(bytes, gguf::Extent::whole_file);
  REQUIRE(file);
  Weights weights;
  for (const TensorSpec& spec : tensor_specs(tiny_config(o))) {
    const gguf::Tensor& tensor = *file->find_tensor(spec.name.c_str());
    std::vector<float>& to = weights[spec.name];
    to.resize(static_cast<std::size_t>(tensor.columns() * tensor.rows()));
    for (std::uint64_t r = 0; r < tensor.rows(); ++r) {
      const auto columns = static_cast<std::size_t>(tensor.columns());
      REQUIRE(detail::decode_row(tensor, r, std::span(to).subspan(static_cast<std::size_t>(r) * columns, columns)));
    }
  }
  return weights;
}

/// The reference's logits of the last exit after the last token.
std::vector<float> expected_logits(const TinyOptions& o, const std::vector<std::byte>& file,
                                   std::span<const std::uint8_t> tokens) {
  const auto all = reference_logits(tiny_config(o), stored_weights(o, file), tokens, o.window);
  return {all.end() - std::ptrdiff_t{kVocabSize}, all.end()};
}

TinyOptions options_of(gguf::TensorType type, std::uint32_t n_kv_heads) {
  TinyOptions o;
  o.n_heads = 2;
  o.n_kv_heads = n_kv_heads;
  o.context_length = kTokens;
  o.matrix_type = type;
  return o;
}

}  // namespace

TEST_CASE("float32 graphs give the reference's logits", "[onnx]") {
  for (const std::uint32_t n_kv_heads : {2u, 1u}) {
    for (const gguf::TensorType type : {gguf::TensorType::f32, gguf::TensorType::q8_0, gguf::TensorType::q4_0}) {
      const TinyOptions o = options_of(type, n_kv_heads);
      const auto file = tiny_gguf(o);
      const auto tokens = random_tokens(kTokens, 5);
      const auto expected = expected_logits(o, file, tokens);
      // The runner is exact to double; constants are float32: a relative 2^-24 each, some hundred of them in a row.
      constexpr double kBound = 1e-4;
      OnnxOptions options{.weights = OnnxWeights::f32};
      CHECK(largest_difference(run_window(*export_onnx(file, options), tokens), expected) < kBound);
      options.narrow = true;
      CHECK(largest_difference(run_window(*export_onnx(file, options), tokens), expected) < kBound);
      options.graph = OnnxGraph::step;
      CHECK(largest_difference(run_steps(*export_onnx(file, options), o, tokens), expected) < kBound);
    }
  }
}

TEST_CASE("quantised graphs stay within the model's tolerance of its float32 logits", "[onnx]") {
  const auto tokens = random_tokens(kTokens, 5);
  for (const auto& [weights, type] :
       {std::pair{OnnxWeights::int8, gguf::TensorType::q8_0}, std::pair{OnnxWeights::int4, gguf::TensorType::q4_0}}) {
    const TinyOptions o = options_of(type, 1);
    const auto file = tiny_gguf(o);
    const auto expected = expected_logits(o, file, tokens);
    const double bound = weights == OnnxWeights::int4 ? 1e-4 : o.self_test_tolerance;  // int4's activations stay float
    OnnxOptions options{.weights = weights};
    CHECK(largest_difference(run_window(*export_onnx(file, options), tokens), expected) < bound);
    options.graph = OnnxGraph::step;
    CHECK(largest_difference(run_steps(*export_onnx(file, options), o, tokens), expected) < bound);
  }
}

TEST_CASE("int8 graphs carry the file's own integers and scales", "[onnx]") {
  const auto type = GENERATE(WeightType::q8_0, WeightType::q4_0);
  const TinyOptions o = options_of(gguf::TensorType::f32, 2);
  const auto bytes = *convert(tiny_gguf(o), type);  // one scale per row
  const auto file = gguf::File::parse(bytes, gguf::Extent::whole_file);
  const gguf::Tensor& tensor = *file->find_tensor("blk.1.ffn_down.weight");
  const auto graph = read_onnx(*export_onnx(bytes, {}));
  const OnnxTensor& weight = graph.constants.at("blk.1.ffn_down.weight");
  const OnnxTensor& scale = graph.constants.at("blk.1.ffn_down.scale");
  REQUIRE(weight.dims == std::vector<std::int64_t>{o.ffn, o.hidden});
  std::vector<std::int8_t> row(o.ffn);
  for (std::uint32_t r = 0; r < o.hidden; ++r) {
    const auto expected = detail::stored_int8_row(tensor, r, row.data());
    REQUIRE(expected);
    CHECK(scale.values[r] == static_cast<double>(*expected));
    for (std::uint32_t c = 0; c < o.ffn; ++c) REQUIRE(weight.values[std::size_t{c} * o.hidden + r] == row[c]);
  }
}

TEST_CASE("the files name their opsets, inputs and outputs", "[onnx]") {
  const TinyOptions o = options_of(gguf::TensorType::q4_0, 2);
  const auto bytes = tiny_gguf(o);
  const auto window = read_onnx(*export_onnx(bytes, {.weights = OnnxWeights::int8}));
  CHECK(window.opsets == std::map<std::string, std::int64_t>{{"", 17}});
  CHECK(window.inputs == std::vector<std::string>{"tokens"});
  CHECK(window.outputs == std::vector<std::string>{"logits"});
  const auto step = read_onnx(*export_onnx(bytes, {.graph = OnnxGraph::step, .weights = OnnxWeights::int4}));
  CHECK(step.opsets == std::map<std::string, std::int64_t>{{"", 17}, {"com.microsoft", 1}});
  CHECK(step.inputs == std::vector<std::string>{"token", "position", "past_k", "past_v"});
  CHECK(step.outputs == std::vector<std::string>{"logits", "present_k", "present_v"});
  for (const OnnxNode& node : step.nodes) CHECK(node.domain == (node.op == "MatMulNBits" ? "com.microsoft" : ""));
}

TEST_CASE("an export that cannot be is refused by name", "[onnx]") {
  const auto bytes = tiny_gguf(options_of(gguf::TensorType::q8_0, 2));
  const auto refused = [&](const OnnxOptions& options) {
    const auto result = export_onnx(bytes, options);
    REQUIRE(!result);
    return result.error();
  };
  CHECK(refused({.window = 3}).code() == Errc::option_out_of_range);
  CHECK(std::string(refused({.window = 65}).message()) == "window is 65, the model takes 4 to 64");
  CHECK(refused({.tokens = kMaxOnnxTokens + 1}).code() == Errc::input_too_long);
  CHECK(refused({.weights = OnnxWeights::int4}).code() == Errc::option_out_of_range);
  CHECK(refused({.graph = OnnxGraph{2}}).code() == Errc::option_out_of_range);
  CHECK(refused({.weights = OnnxWeights{3}}).code() == Errc::option_out_of_range);
  CHECK(export_onnx(bytes, {.graph = OnnxGraph::step, .tokens = kMaxOnnxTokens + 1}));
  CHECK(!export_onnx(std::span(bytes).first(100), {}));
}
