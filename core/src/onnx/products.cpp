#include "onnx/products.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>

#include "model/float16.hpp"
#include "model/row_quantize.hpp"

namespace mgt::onnx {
namespace {

constexpr std::int64_t kFloat = static_cast<std::int64_t>(DataType::f32);
constexpr std::size_t kBlock = 32;  ///< weights of a Q4_0 block, which is one half and 16 bytes of nibbles
constexpr std::size_t kNibbleBytes = kBlock / 2;
constexpr std::size_t kBlockBytes = sizeof(std::uint16_t) + kNibbleBytes;

struct Shape {
  std::size_t rows = 0;
  std::size_t columns = 0;
  Dims transposed() const { return {static_cast<std::int64_t>(columns), static_cast<std::int64_t>(rows)}; }
};

Shape shape_of(const std::vector<Part>& parts) {
  Shape shape;
  shape.columns = static_cast<std::size_t>(parts.front().tensor->columns());
  for (const Part& part : parts) shape.rows += static_cast<std::size_t>(part.tensor->rows());
  return shape;
}

/// Calls work(part, row of the part, row of the stack).
template <class Work>
void for_each_row(const std::vector<Part>& parts, Work work) {
  std::size_t stacked = 0;
  for (const Part& part : parts) {
    for (std::uint64_t r = 0; r < part.tensor->rows(); ++r) work(part, r, stacked++);
  }
}

/// An int8 row and its scale, as the engine takes it from the file.
float int8_row(const gguf::Tensor& tensor, std::uint64_t r, std::vector<std::int8_t>& q) {
  if (const auto scale = detail::stored_int8_row(tensor, r, q.data())) return *scale;
  std::vector<float> row(q.size());
  read_row(tensor, r, row);
  return detail::quantize_row(row, q.data());
}

Name add_float_product(Graph& graph, const Name& name, const Name& x, const std::vector<Part>& parts) {
  const Shape shape = shape_of(parts);
  std::vector<float> weights(shape.rows * shape.columns);
  std::vector<float> row(shape.columns);
  for_each_row(parts, [&](const Part& part, std::uint64_t r, std::size_t to) {
    read_row(*part.tensor, r, row);
    for (std::size_t c = 0; c < row.size(); ++c) weights[c * shape.rows + to] = part.factor * row[c];
  });
  return graph.node("MatMul", name, {x, graph.constant(name + ".weight", shape.transposed(), weights)});
}

Name add_int8_product(Graph& graph, const Name& name, const Name& x, const std::vector<Part>& parts) {
  const Shape shape = shape_of(parts);
  std::vector<std::int8_t> weights(shape.rows * shape.columns);
  std::vector<float> scales(shape.rows);
  std::vector<std::int8_t> row(shape.columns);
  for_each_row(parts, [&](const Part& part, std::uint64_t r, std::size_t to) {
    scales[to] = part.factor * int8_row(*part.tensor, r, row);
    for (std::size_t c = 0; c < row.size(); ++c) weights[c * shape.rows + to] = row[c];
  });
  const Name weight = graph.constant(name + ".weight", shape.transposed(), weights);
  const Name row_scales = graph.constant(name + ".scale", {static_cast<std::int64_t>(shape.rows)}, scales);
  const auto quantized = graph.nodes("DynamicQuantizeLinear", name + ".quantized", {x}, 3);
  const Name sums = graph.node("MatMulInteger", name + ".sums", {quantized[0], weight, quantized[2]});
  const Name as_float = graph.node("Cast", name + ".cast", {sums}, {{.name = "to", .value = kFloat}});
  const Name scale = graph.node("Mul", name + ".scales", {quantized[1], row_scales});
  return graph.node("Mul", name, {as_float, scale});
}

/// A Q4_0 block holds weights i and i + 16 in one byte, MatMulNBits weights 2 i and 2 i + 1.
void repack_nibbles(std::span<const std::byte> from, std::uint8_t* to) {
  const auto weight = [&](std::size_t i) {
    const unsigned pair = std::to_integer<unsigned>(from[i % kNibbleBytes]);
    return i < kNibbleBytes ? pair & 15u : pair >> 4;
  };
  for (std::size_t i = 0; i < kNibbleBytes; ++i) {
    to[i] = static_cast<std::uint8_t>(weight(2 * i) | weight(2 * i + 1) << 4);
  }
}

Name add_int4_product(Graph& graph, const Name& name, const Name& x, const std::vector<Part>& parts) {
  const Shape shape = shape_of(parts);
  const std::size_t blocks = shape.columns / kBlock;
  std::vector<std::uint8_t> weights(shape.rows * blocks * kNibbleBytes);
  std::vector<float> scales(shape.rows * blocks);
  for_each_row(parts, [&](const Part& part, std::uint64_t r, std::size_t to) {
    for (std::size_t b = 0; b < blocks; ++b) {
      const auto block = part.tensor->row(r).subspan(b * kBlockBytes, kBlockBytes);
      std::uint16_t half;
      std::memcpy(&half, block.data(), sizeof half);
      scales[to * blocks + b] = part.factor * f16_to_f32(half);
      repack_nibbles(block.subspan(sizeof half), &weights[(to * blocks + b) * kNibbleBytes]);
    }
  });
  const auto rows = static_cast<std::int64_t>(shape.rows);
  const auto n_blocks = static_cast<std::int64_t>(blocks);
  const Name weight = graph.constant(name + ".weight", {rows, n_blocks, kNibbleBytes}, weights);
  const Name block_scales = graph.constant(name + ".scale", {rows * n_blocks}, scales);
  // accuracy_level 4: activations as int8 in blocks, the fastest that the operator has.
  const Attributes attributes = {{.name = "K", .value = static_cast<std::int64_t>(shape.columns)},
                                 {.name = "N", .value = rows},
                                 {.name = "bits", .value = 4},
                                 {.name = "block_size", .value = kBlock},
                                 {.name = "accuracy_level", .value = 4}};
  return graph.node("MatMulNBits", name, {x, weight, block_scales}, attributes, kMicrosoftDomain);
}

}  // namespace

void read_row(const gguf::Tensor& tensor, std::uint64_t r, std::span<float> out) {
  [[maybe_unused]] const auto decoded = detail::decode_row(tensor, r, out);
  assert(decoded);
}

Name add_product(Graph& graph, OnnxWeights weights, const Name& name, const Name& x, const std::vector<Part>& parts) {
  if (weights == OnnxWeights::f32) return add_float_product(graph, name, x, parts);
  const bool is_int4 =
      std::ranges::all_of(parts, [](const Part& p) { return p.tensor->type == gguf::TensorType::q4_0; });
  if (weights == OnnxWeights::int4 && is_int4) return add_int4_product(graph, name, x, parts);
  return add_int8_product(graph, name, x, parts);
}

}  // namespace mgt::onnx
