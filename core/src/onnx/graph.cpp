#include "onnx/graph.hpp"

#include <algorithm>

namespace mgt::onnx {
namespace {

constexpr std::int64_t kIrVersion = 8;  // the one that came with opset 17
constexpr std::int64_t kOpset = 17;

// Field numbers of onnx.proto, by message.
namespace model {
constexpr std::uint32_t kIrVersionField = 1, kProducer = 2, kDoc = 6, kGraph = 7, kOpsetImport = 8;
}
namespace opset {
constexpr std::uint32_t kDomain = 1, kVersion = 2;
}
namespace graph {
constexpr std::uint32_t kNode = 1, kName = 2, kInitializer = 5, kInput = 11, kOutput = 12;
}
namespace node_field {
constexpr std::uint32_t kInput = 1, kOutput = 2, kName = 3, kOpType = 4, kAttribute = 5, kDomain = 7;
}
namespace attribute {
constexpr std::uint32_t kName = 1, kInt = 3, kInts = 8, kType = 20;
constexpr std::int64_t kTypeInt = 2, kTypeInts = 7;
}  // namespace attribute
namespace tensor {
constexpr std::uint32_t kDims = 1, kDataType = 2, kName = 8, kRawData = 9;
}
namespace value_info {
constexpr std::uint32_t kName = 1, kType = 2, kTensorType = 1, kElementType = 1, kShape = 2, kDim = 1;
constexpr std::uint32_t kDimValue = 1, kDimParam = 2;
}  // namespace value_info

Message encode_value_info(std::string_view name, DataType type, std::initializer_list<Dim> dims) {
  Message shape;
  for (const Dim& dim : dims) {
    Message one;
    if (dim.symbol != nullptr) {
      one.text(value_info::kDimParam, dim.symbol);
    } else {
      one.integer(value_info::kDimValue, dim.size);
    }
    shape.message(value_info::kDim, one);
  }
  Message tensor_type;
  tensor_type.integer(value_info::kElementType, static_cast<std::int64_t>(type));
  tensor_type.message(value_info::kShape, shape);
  Message value_type;
  value_type.message(value_info::kTensorType, tensor_type);
  Message info;
  info.text(value_info::kName, name);
  info.message(value_info::kType, value_type);
  return info;
}

Message encode_attribute(const Attribute& from) {
  Message to;
  to.text(attribute::kName, from.name);
  if (from.list.empty()) {
    to.integer(attribute::kInt, from.value);
    to.integer(attribute::kType, attribute::kTypeInt);
  } else {
    for (const std::int64_t value : from.list) to.integer(attribute::kInts, value);
    to.integer(attribute::kType, attribute::kTypeInts);
  }
  return to;
}

Message encode_opset(std::string_view domain, std::int64_t version) {
  Message to;
  to.text(opset::kDomain, domain);
  to.integer(opset::kVersion, version);
  return to;
}

}  // namespace

void Graph::add_input(std::string_view name, DataType type, std::initializer_list<Dim> dims) {
  graph_.message(graph::kInput, encode_value_info(name, type, dims));
}

void Graph::add_output(std::string_view name, DataType type, std::initializer_list<Dim> dims) {
  graph_.message(graph::kOutput, encode_value_info(name, type, dims));
}

Name Graph::add_constant(const Name& name, DataType type, const Dims& dims, std::span<const std::byte> bytes) {
  if (std::ranges::find(constants_, name) != constants_.end()) return name;
  constants_.push_back(name);
  Message to;
  for (const std::int64_t dim : dims) to.integer(tensor::kDims, dim);
  to.integer(tensor::kDataType, static_cast<std::int64_t>(type));
  to.text(tensor::kName, name);
  to.bytes(tensor::kRawData, bytes);
  graph_.message(graph::kInitializer, to);
  return name;
}

void Graph::add_node(const char* op, const Name& name, const std::vector<Name>& inputs,
                     const std::vector<Name>& outputs, const Attributes& attributes, const char* domain) {
  Message to;
  for (const Name& input : inputs) to.text(node_field::kInput, input);
  for (const Name& output : outputs) to.text(node_field::kOutput, output);
  to.text(node_field::kName, name);
  to.text(node_field::kOpType, op);
  for (const Attribute& a : attributes) to.message(node_field::kAttribute, encode_attribute(a));
  if (*domain != '\0') {
    to.text(node_field::kDomain, domain);
    uses_microsoft_ = true;
  }
  graph_.message(graph::kNode, to);
}

Name Graph::node(const char* op, const Name& name, const std::vector<Name>& inputs, const Attributes& attributes,
                 const char* domain) {
  add_node(op, name, inputs, {name}, attributes, domain);
  return name;
}

std::vector<Name> Graph::nodes(const char* op, const Name& name, const std::vector<Name>& inputs, std::size_t n_outputs,
                               const Attributes& attributes) {
  std::vector<Name> outputs(n_outputs);
  for (std::size_t i = 0; i < n_outputs; ++i) outputs[i] = numbered(name + ".", i);
  add_node(op, name, inputs, outputs, attributes, "");
  return outputs;
}

std::vector<std::byte> Graph::finish(std::string_view name, std::string_view description) const {
  Message named = graph_;
  named.text(graph::kName, name);
  Message to;
  to.integer(model::kIrVersionField, kIrVersion);
  to.text(model::kProducer, "mgt");
  to.text(model::kDoc, description);
  to.message(model::kOpsetImport, encode_opset("", kOpset));
  if (uses_microsoft_) to.message(model::kOpsetImport, encode_opset(kMicrosoftDomain, 1));
  to.message(model::kGraph, named);
  return to.data();
}

}  // namespace mgt::onnx
