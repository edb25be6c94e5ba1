#include "mgt/onnx.hpp"

#include <algorithm>

#include "model/load.hpp"
#include "onnx/decoder.hpp"

namespace mgt {
namespace {

Expected<OnnxOptions> resolve(const OnnxOptions& asked, const ModelConfig& config, const gguf::File& file) noexcept {
  if (asked.graph > OnnxGraph::step || asked.weights > OnnxWeights::int4) {
    return fail(Errc::option_out_of_range, "graph is %u and weights are %u, known are 0 to 1 and 0 to 2",
                static_cast<unsigned>(asked.graph), static_cast<unsigned>(asked.weights));
  }
  OnnxOptions options = asked;
  if (options.window == 0) options.window = config.window;
  const std::uint32_t least = std::max(config.window_min, options.graph == OnnxGraph::step ? 2u : 1u);
  if (options.window < least || options.window > config.window_max) {
    return fail(Errc::option_out_of_range, "window is %u, the model takes %u to %u", options.window, least,
                config.window_max);
  }
  if (options.tokens == 0) options.tokens = config.context_length;
  if (options.graph == OnnxGraph::window && options.tokens > kMaxOnnxTokens) {
    return fail(Errc::input_too_long, "a window graph of %u tokens, the limit is %u", options.tokens, kMaxOnnxTokens);
  }
  const auto is_q4_0 = [](const gguf::Tensor& t) { return t.type == gguf::TensorType::q4_0; };
  if (options.weights == OnnxWeights::int4 && !std::ranges::any_of(file.tensors(), is_q4_0)) {
    return fail(Errc::option_out_of_range, "int4 weights of a file that has 0 Q4_0 tensors, at least 1 is needed");
  }
  return options;
}

}  // namespace

Expected<std::vector<std::byte>> export_onnx(std::span<const std::byte> bytes, const OnnxOptions& asked) noexcept {
  const auto model = detail::load_model_data(bytes, detail::SelfTest::skip);
  if (!model) return std::unexpected(model.error());
  const auto file = gguf::File::parse(bytes, gguf::Extent::whole_file);
  if (!file) return std::unexpected(file.error());
  const auto options = resolve(asked, (*model)->config, *file);
  if (!options) return std::unexpected(options.error());
  onnx::Decoder decoder(*file, (*model)->config, *options);
  return options->graph == OnnxGraph::window ? decoder.window_graph() : decoder.step_graph();
}

}  // namespace mgt
