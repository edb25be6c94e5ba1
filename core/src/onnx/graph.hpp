// An ONNX graph in the making. Values go by name; a node's name is also that of its output.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "onnx/protobuf.hpp"

namespace mgt::onnx {

enum class DataType : std::uint8_t { f32 = 1, u8 = 2, i8 = 3, i64 = 7 };

template <class T>
inline constexpr DataType kDataTypeOf = DataType::f32;
template <>
inline constexpr DataType kDataTypeOf<std::uint8_t> = DataType::u8;
template <>
inline constexpr DataType kDataTypeOf<std::int8_t> = DataType::i8;
template <>
inline constexpr DataType kDataTypeOf<std::int64_t> = DataType::i64;

using Name = std::string;
/// "stem" and a number.
inline Name numbered(std::string_view stem, std::uint64_t n) {
  return Name(stem).append(std::to_string(n));
}

using Dims = std::vector<std::int64_t>;

/// A dimension of a graph's input or output: a size, or a name where it varies.
struct Dim {
  std::int64_t size = 0;
  const char* symbol = nullptr;
};

/// An attribute of a node: an integer, or a list of them.
struct Attribute {
  const char* name;
  std::int64_t value = 0;
  Dims list{};
};
using Attributes = std::vector<Attribute>;

inline constexpr const char* kMicrosoftDomain = "com.microsoft";

class Graph {
 public:
  void add_input(std::string_view name, DataType type, std::initializer_list<Dim> dims);
  void add_output(std::string_view name, DataType type, std::initializer_list<Dim> dims);

  /// An initializer. A second constant of the same name is not added again: names say what is in them.
  template <class T>
  Name constant(const Name& name, const Dims& dims, const std::vector<T>& values) {
    return add_constant(name, kDataTypeOf<T>, dims, std::as_bytes(std::span(values)));
  }

  /// A node with one output, which is returned. `domain` is "" for ONNX's own operators.
  Name node(const char* op, const Name& name, const std::vector<Name>& inputs, const Attributes& attributes = {},
            const char* domain = "");

  /// A node with several outputs: "name.0" and so on.
  std::vector<Name> nodes(const char* op, const Name& name, const std::vector<Name>& inputs, std::size_t n_outputs,
                          const Attributes& attributes = {});

  /// The file: this graph as a model of opset 17.
  std::vector<std::byte> finish(std::string_view name, std::string_view description) const;

 private:
  void add_node(const char* op, const Name& name, const std::vector<Name>& inputs, const std::vector<Name>& outputs,
                const Attributes& attributes, const char* domain);
  Name add_constant(const Name& name, DataType type, const Dims& dims, std::span<const std::byte> bytes);

  Message graph_;  ///< nodes, initializers, inputs and outputs; protobuf takes them in any order
  std::vector<Name> constants_;
  bool uses_microsoft_ = false;
};

}  // namespace mgt::onnx
