// Reads the GGUF container (version 3, little endian) from bytes that nobody has vouched for.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "array.hpp"
#include "mgt/error.hpp"
#include "model/gguf_format.hpp"

namespace mgt::gguf {

/// One metadata entry; views into the file.
struct Value {
  std::string_view key;
  ValueType type = ValueType::u8;
  ValueType element_type = ValueType::u8;  ///< arrays: type of the elements; otherwise `type`
  std::uint64_t count = 1;                 ///< arrays: number of elements; otherwise 1
  std::span<const std::byte> bytes;        ///< the value as stored, after its type, array header and string length
};

/// One tensor; views into the file. dims[0] is the innermost dimension (columns).
struct Tensor {
  std::string_view name;
  TensorType type = TensorType::f32;
  std::uint32_t n_dims = 0;
  std::array<std::uint64_t, kMaxDims> dims{1, 1, 1, 1};
  std::uint64_t offset = 0;  ///< from the start of the data section
  std::uint64_t size_bytes = 0;
  std::span<const std::byte> bytes;  ///< empty where only the header was read

  std::uint64_t columns() const noexcept { return dims[0]; }
  std::uint64_t rows() const noexcept { return dims[1] * dims[2] * dims[3]; }
  std::uint64_t row_bytes() const noexcept {
    const BlockShape block = block_shape(type);
    return dims[0] / block.elements * block.bytes;
  }
  std::span<const std::byte> row(std::uint64_t r) const noexcept {
    return bytes.subspan(static_cast<std::size_t>(r * row_bytes()), static_cast<std::size_t>(row_bytes()));
  }
};

/// An array of numbers at any alignment.
template <class T>
class ArrayView {
 public:
  explicit ArrayView(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}
  std::size_t size() const noexcept { return bytes_.size() / sizeof(T); }
  T operator[](std::size_t i) const noexcept {
    T value;
    std::memcpy(&value, bytes_.data() + i * sizeof(T), sizeof value);
    return value;
  }

 private:
  std::span<const std::byte> bytes_;
};

/// How much of the file is at hand.
enum class Extent : std::uint8_t {
  whole_file,   ///< every tensor's bytes must be inside
  header_only,  ///< metadata and tensor list; tensor bytes stay empty
};

/// The parsed header of a GGUF file. Borrows the bytes it was parsed from.
class File {
 public:
  /// Parses and checks the container: magic, version, keys, tensor list, offsets.
  ///
  /// errors  not_a_model, unsupported_version, truncated, limit_exceeded (a cap of gguf_format.hpp),
  ///         bad_type (unknown types, nested arrays), bad_shape, bad_value (duplicate or unprintable names,
  ///         misaligned or overlapping tensors), out_of_memory
  /// Cost: one pass over the header; memory proportional to keys and tensors that are really there.
  static Expected<File> parse(std::span<const std::byte> bytes, Extent extent) noexcept;

  std::span<const Value> values() const noexcept { return values_.span(); }
  std::span<const Tensor> tensors() const noexcept { return tensors_.span(); }
  std::uint32_t alignment() const noexcept { return alignment_; }
  /// Where the tensors start: the header's end, rounded up to the alignment.
  std::uint64_t data_offset() const noexcept { return data_offset_; }

  /// nullptr where the file has none.
  const Value* find(std::string_view key) const noexcept;
  const Tensor* find_tensor(std::string_view name) const noexcept;

  // Typed access: missing_field or bad_type, naming the key and both types.
  Expected<std::uint32_t> get_u32(std::string_view key) const noexcept;
  Expected<float> get_f32(std::string_view key) const noexcept;
  Expected<std::string_view> get_string(std::string_view key) const noexcept;
  Expected<ArrayView<std::uint32_t>> get_u32_array(std::string_view key) const noexcept;
  Expected<ArrayView<float>> get_f32_array(std::string_view key) const noexcept;

 private:
  Expected<const Value*> typed(std::string_view key, ValueType type, ValueType element_type) const noexcept;

  Array<Value> values_;
  Array<Tensor> tensors_;
  Array<std::uint32_t> values_by_key_;    ///< indices, sorted for search
  Array<std::uint32_t> tensors_by_name_;  ///< indices, sorted for search
  std::uint32_t alignment_ = kDefaultAlignment;
  std::uint64_t data_offset_ = 0;
};

}  // namespace mgt::gguf
