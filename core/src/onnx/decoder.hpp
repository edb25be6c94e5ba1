// The transformer as an ONNX graph, layer by layer.
#pragma once

#include <cstdint>
#include <vector>

#include "mgt/model.hpp"
#include "mgt/onnx.hpp"
#include "model/gguf_reader.hpp"
#include "onnx/graph.hpp"
#include "onnx/products.hpp"
#include "onnx/rotation.hpp"

namespace mgt::onnx {

/// Builds one of the two graphs. `options` are resolved and checked; the file outlives the decoder.
class Decoder {
 public:
  Decoder(const gguf::File& file, const ModelConfig& config, const OnnxOptions& options)
      : file_(file), config_(config), options_(options) {}

  std::vector<std::byte> window_graph();
  std::vector<std::byte> step_graph();

 private:
  /// What attention needs of a layer: f32 [1, heads, n, head_dim] each, q and k rotated, q scaled by 1/sqrt(head_dim).
  struct Heads {
    Name q, k, v;
  };
  /// Positions of a layer in the window graph: keys and values of `in`, states of the last `out` of them.
  struct Span {
    std::uint32_t in, out;
  };

  Span span_of(std::uint32_t layer) const;
  Name sliding_mask(Span span);

  Name embed(const Name& tokens);
  Name normalize(const Name& name, const Name& x, const Name& weight);
  /// `n` positions; 1 needs no transposition.
  Heads project(std::uint32_t layer, const Name& x, std::uint32_t n, const Rotation& rotation);
  /// q of `n` positions over k and v; `mask` is "" where every key is visible. Returns f32 [n, hidden].
  Name attend(std::uint32_t layer, const Heads& heads, std::uint32_t n, const Name& mask);
  /// x + output projection of `attended`, then x + feed-forward.
  Name finish_layer(std::uint32_t layer, const Name& x, const Name& attended);
  void exit(const Name& x);

  Name multiply(const Name& name, const Name& x, const std::vector<Part>& parts);
  /// A tensor of the file as floats, under its own name.
  Name floats_of(const Name& tensor, const Dims& dims);
  Name integers(const Name& name, const Dims& values);
  Name last_rows(const Name& name, const Name& x, std::uint32_t from, std::uint32_t keep, std::int64_t axis);

  const gguf::File& file_;
  const ModelConfig& config_;
  OnnxOptions options_;
  Graph graph_;
};

}  // namespace mgt::onnx
