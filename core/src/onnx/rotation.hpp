// Rotary embedding of an ONNX graph: half-split pairs, as everywhere in this project.
#pragma once

#include <cstdint>

#include "mgt/model.hpp"
#include "onnx/graph.hpp"

namespace mgt::onnx {

struct Rotation {
  Name cosine, sine;  ///< f32 [n, head_dim]; the first half of the sines is negative
};

/// Of positions 0 to n - 1, as constants. Only differences count: the first of any span may stand at 0.
Rotation constant_rotation(Graph& graph, const ModelConfig& config, std::uint32_t n_positions);

/// Of one position that the graph is given, an i64 [1].
Rotation computed_rotation(Graph& graph, const ModelConfig& config, const Name& position);

/// Adds the nodes that rotate x [1, heads, n, head_dim].
Name rotate(Graph& graph, const Name& name, const Name& x, const Rotation& rotation);

}  // namespace mgt::onnx
