// Writes GGUF files (version 3, little endian): for `mgt convert`, calibration and tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/gguf_format.hpp"
#include "model/gguf_reader.hpp"

namespace mgt::gguf {

/// Collects keys and tensors in order, then lays out the file. Checks nothing: the reader does.
class Writer {
 public:
  void add_u32(std::string_view key, std::uint32_t value);
  void add_f32(std::string_view key, float value);
  void add_string(std::string_view key, std::string_view value);
  void add_u32_array(std::string_view key, std::span<const std::uint32_t> values);
  void add_f32_array(std::string_view key, std::span<const float> values);
  /// A key as another file has it.
  void add_value(const Value& value);

  /// dims[0] is the innermost dimension; `bytes` is the tensor in the encoding of `type`.
  void add_tensor(std::string_view name, TensorType type, std::span<const std::uint64_t> dims,
                  std::vector<std::byte> bytes);

  /// The whole file, tensors aligned to `alignment`.
  std::vector<std::byte> finish(std::uint32_t alignment = kDefaultAlignment) const;

 private:
  struct PendingTensor {
    std::string name;
    TensorType type;
    std::vector<std::uint64_t> dims;
    std::vector<std::byte> bytes;
  };

  void begin_key(std::string_view key, ValueType type);

  std::uint64_t n_keys_ = 0;
  std::vector<std::byte> keys_;  ///< all keys, encoded
  std::vector<PendingTensor> tensors_;
};

}  // namespace mgt::gguf
