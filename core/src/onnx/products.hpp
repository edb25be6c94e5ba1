// Matrix products of an ONNX graph, with the weights in the form that was asked for.
#pragma once

#include <span>
#include <vector>

#include "mgt/onnx.hpp"
#include "model/gguf_reader.hpp"
#include "onnx/graph.hpp"

namespace mgt::onnx {

/// Row `r` of a tensor as floats. They are finite: loading the model has checked every weight.
void read_row(const gguf::Tensor& tensor, std::uint64_t r, std::span<float> out);

/// A matrix of the file, its rows multiplied by `factor`.
struct Part {
  const gguf::Tensor* tensor;
  float factor = 1.0f;
};

/// Adds the nodes of x [n, columns] times the transpose of the stacked parts; returns the product [n, rows].
///
/// parts   of equal columns; their weights are finite (a model that load accepts)
Name add_product(Graph& graph, OnnxWeights weights, const Name& name, const Name& x, const std::vector<Part>& parts);

}  // namespace mgt::onnx
