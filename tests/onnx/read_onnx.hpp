// Reads an ONNX file as plainly as possible: the counterpart of core/src/onnx/protobuf.hpp, for tests.
#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace mgt::test {

/// Any tensor: integers are exact in a double.
struct OnnxTensor {
  std::vector<std::int64_t> dims;
  std::vector<double> values;
};

struct OnnxNode {
  std::string op, domain;
  std::vector<std::string> inputs, outputs;
  std::map<std::string, std::vector<std::int64_t>> attributes;
};

struct OnnxFile {
  std::map<std::string, std::int64_t> opsets;  ///< version by domain
  std::vector<OnnxNode> nodes;
  std::map<std::string, OnnxTensor> constants;
  std::vector<std::string> inputs, outputs;
};

/// Calls field(number, integer, bytes) for every field of a message; one of the two is empty.
template <class Field>
void for_each_field(std::span<const std::byte> message, Field field) {
  std::size_t at = 0;
  const auto varint = [&] {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto byte = std::to_integer<std::uint64_t>(message[at++]);
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < message.size()) {
    const std::uint64_t tag = varint();
    if ((tag & 7) == 0) {
      field(tag >> 3, static_cast<std::int64_t>(varint()), std::span<const std::byte>());
    } else if ((tag & 7) == 2) {
      const auto size = static_cast<std::size_t>(varint());
      field(tag >> 3, std::int64_t{0}, message.subspan(at, size));
      at += size;
    } else {
      throw std::runtime_error("a wire type that the exporter does not write");
    }
  }
}

inline std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

template <class T>
std::vector<double> numbers_of(std::span<const std::byte> bytes) {
  std::vector<T> typed(bytes.size() / sizeof(T));
  std::memcpy(typed.data(), bytes.data(), typed.size() * sizeof(T));
  return {typed.begin(), typed.end()};
}

inline std::pair<std::string, OnnxTensor> read_tensor(std::span<const std::byte> message) {
  OnnxTensor tensor;
  std::string name;
  std::int64_t type = 0;
  for_each_field(message, [&](std::uint64_t field, std::int64_t value, std::span<const std::byte> bytes) {
    if (field == 1) tensor.dims.push_back(value);
    if (field == 2) type = value;
    if (field == 8) name = text_of(bytes);
    if (field != 9) return;
    if (type == 1) tensor.values = numbers_of<float>(bytes);
    if (type == 2) tensor.values = numbers_of<std::uint8_t>(bytes);
    if (type == 3) tensor.values = numbers_of<std::int8_t>(bytes);
    if (type == 7) tensor.values = numbers_of<std::int64_t>(bytes);
  });
  return {name, tensor};
}

inline OnnxNode read_node(std::span<const std::byte> message) {
  OnnxNode node;
  for_each_field(message, [&](std::uint64_t field, std::int64_t, std::span<const std::byte> bytes) {
    if (field == 1) node.inputs.push_back(text_of(bytes));
    if (field == 2) node.outputs.push_back(text_of(bytes));
    if (field == 4) node.op = text_of(bytes);
    if (field == 7) node.domain = text_of(bytes);
    if (field != 5) return;
    std::string name;
    std::vector<std::int64_t> values;
    for_each_field(bytes, [&](std::uint64_t part, std::int64_t value, std::span<const std::byte> inner) {
      if (part == 1) name = text_of(inner);
      if (part == 3 || part == 8) values.push_back(value);
    });
    node.attributes[name] = values;
  });
  return node;
}

inline OnnxFile read_onnx(std::span<const std::byte> bytes) {
  OnnxFile file;
  const auto first_text = [](std::span<const std::byte> message) {
    std::string name;
    for_each_field(message, [&](std::uint64_t field, std::int64_t, std::span<const std::byte> inner) {
      if (field == 1) name = text_of(inner);
    });
    return name;
  };
  for_each_field(bytes, [&](std::uint64_t field, std::int64_t, std::span<const std::byte> inner) {
    if (field == 8) {
      for_each_field(inner, [&](std::uint64_t part, std::int64_t value, std::span<const std::byte>) {
        if (part == 2) file.opsets[first_text(inner)] = value;
      });
    }
    if (field != 7) return;
    for_each_field(inner, [&](std::uint64_t part, std::int64_t, std::span<const std::byte> message) {
      if (part == 1) file.nodes.push_back(read_node(message));
      if (part == 5) file.constants.insert(read_tensor(message));
      if (part == 11) file.inputs.push_back(first_text(message));
      if (part == 12) file.outputs.push_back(first_text(message));
    });
  });
  return file;
}

}  // namespace mgt::test
