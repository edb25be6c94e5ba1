// Writes a model as a standard ONNX graph, for other engines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mgt/error.hpp"

namespace mgt {

enum class OnnxGraph : std::uint8_t {
  window,  ///< tokens i64 [T] -> logits f32 [1, 256] of the last
  step,    ///< token i64 [1], position i64 [1], past_k, past_v -> logits f32 [1, 256], present_k, present_v
};

enum class OnnxWeights : std::uint8_t {
  f32,   ///< MatMul on the dequantised weights
  int8,  ///< DynamicQuantizeLinear and MatMulInteger: one scale per row of a matrix, one per activation tensor
  int4,  ///< Q4_0 matrices as MatMulNBits in blocks of 32 (domain com.microsoft), any other matrix as int8
};

struct OnnxOptions {
  OnnxGraph graph = OnnxGraph::window;
  OnnxWeights weights = OnnxWeights::int8;
  std::uint32_t tokens = 0;  ///< T of the window graph, 1 to kMaxOnnxTokens; 0: the model's context length
  std::uint32_t window = 0;  ///< attention window, window_min to window_max of the model; 0: the model's own
  /// Window graph: each layer only for the positions that the last one depends on. Same logits, fewer operations.
  bool narrow = false;
};

inline constexpr std::uint32_t kMaxOnnxTokens = 1024;  ///< the mask is a constant of T x T floats

/// The transformer of a model (all layers, the last exit, no gate and no stream memory) as an ONNX file of opset 17.
///
/// Keys are cached after rotation: past_k and past_v are f32 [n_layers, n_kv_heads, P, head_dim] with the P last
/// positions, P from 0 (start of the stream) to window - 1; present_k and present_v are theirs after this token.
/// `position` counts from 0 and only differences count: a stream may start at any number. Its angles are computed in
/// float32, so keep it below about a million, where they are good to 0.03.
///
/// file    a GGUF file of architecture `mgt`
/// returns the bytes of the .onnx file; f32 gives this model's float32 logits, int8 quantises activations to 8 bits
///         where Session uses 7, so that its logits differ from both by about as much as those differ from each other
/// errors  those of Model::load except self_test_failed; option_out_of_range (graph, weights, window, or int4 for a
///         file without Q4_0 matrices), input_too_long (tokens)
/// Cost: one pass over the file; memory for the file, its weights as floats and the result.
Expected<std::vector<std::byte>> export_onnx(std::span<const std::byte> file, const OnnxOptions& options) noexcept;

}  // namespace mgt
