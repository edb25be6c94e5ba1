#include "onnx/rotation.hpp"

#include <cstddef>
#include <vector>

#include "model/rope_table.hpp"

namespace mgt::onnx {
namespace {

/// Radians per position of every column; the second half repeats the first.
std::vector<double> frequencies(const ModelConfig& config) {
  const std::uint32_t half = config.head_dim / 2;
  const double log_theta = detail::portable_log(static_cast<double>(config.rope_theta));
  std::vector<double> out(config.head_dim);
  for (std::uint32_t i = 0; i < half; ++i) {
    out[i] = detail::portable_exp(-log_theta * (2.0 * i) / config.head_dim);
    out[i + half] = out[i];
  }
  return out;
}

}  // namespace

Rotation constant_rotation(Graph& graph, const ModelConfig& config, std::uint32_t n_positions) {
  const std::vector<double> radians = frequencies(config);
  std::vector<float> cosines, sines;
  for (std::uint32_t position = 0; position < n_positions; ++position) {
    for (std::uint32_t column = 0; column < config.head_dim; ++column) {
      double sine = 0, cosine = 0;
      detail::portable_sincos(position * radians[column], &sine, &cosine);
      cosines.push_back(static_cast<float>(cosine));
      sines.push_back(static_cast<float>(column < config.head_dim / 2 ? -sine : sine));
    }
  }
  const Dims dims = {n_positions, config.head_dim};
  return {graph.constant(numbered("rope.cos.", n_positions), dims, cosines),
          graph.constant(numbered("rope.sin.", n_positions), dims, sines)};
}

Rotation computed_rotation(Graph& graph, const ModelConfig& config, const Name& position) {
  std::vector<float> rising, signed_rising;  // sin(-x) = -sin(x): the sign goes into the frequency
  for (const double radians : frequencies(config)) {
    const bool is_first_half = rising.size() < config.head_dim / 2;
    rising.push_back(static_cast<float>(radians));
    signed_rising.push_back(is_first_half ? -rising.back() : rising.back());
  }
  const Dims dims = {1, config.head_dim};
  const Attributes to_float = {{.name = "to", .value = static_cast<std::int64_t>(DataType::f32)}};
  const Name at = graph.node("Cast", "rope.position", {position}, to_float);
  const Name angle = graph.node("Mul", "rope.angle", {at, graph.constant("rope.frequency", dims, rising)});
  const Name signed_angle =
      graph.node("Mul", "rope.signed_angle", {at, graph.constant("rope.signed_frequency", dims, signed_rising)});
  return {graph.node("Cos", "rope.cos", {angle}), graph.node("Sin", "rope.sin", {signed_angle})};
}

Name rotate(Graph& graph, const Name& name, const Name& x, const Rotation& rotation) {
  const Attributes last_axis = {{.name = "axis", .value = -1}};
  const auto halves = graph.nodes("Split", name + ".halves", {x}, 2, last_axis);
  const Name swapped = graph.node("Concat", name + ".swapped", {halves[1], halves[0]}, last_axis);
  const Name along = graph.node("Mul", name + ".along", {x, rotation.cosine});
  const Name across = graph.node("Mul", name + ".across", {swapped, rotation.sine});
  return graph.node("Add", name, {along, across});
}

}  // namespace mgt::onnx
