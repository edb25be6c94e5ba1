// What is in a GGUF file, as text: for people and for `mgt inspect`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mgt/error.hpp"

namespace mgt {

struct FileKey {
  std::string name;
  std::string type;   ///< "u32", "string", "array of f32", ...
  std::string value;  ///< printable; long strings and arrays are cut and end in "..."
};

struct FileTensor {
  std::string name;
  std::string type;                  ///< "F32", "F16", "Q8_0", "Q4_0"
  std::vector<std::uint64_t> shape;  ///< as the file has it: columns first
  std::uint64_t size_bytes = 0;
  /// "float32", "int8" or "int4": how a loaded model holds it; "" in files of another architecture. A Q4_0 matrix stays
  /// in 4 bits where the file's key mgt.row_scales is 1, that is, where every row has one scale (Q4_0 files by
  /// convert()); otherwise its rows are requantised to int8.
  std::string held_as;
};

struct FileDescription {
  std::uint32_t version = 0;
  std::uint32_t alignment = 0;
  std::uint64_t n_parameters = 0;  ///< elements of all tensors
  std::vector<FileKey> keys;       ///< in file order
  std::vector<FileTensor> tensors;
};

/// Lists keys and tensors of a GGUF file of any architecture. Reads the header alone.
///
/// errors  those of Model::load for the container: not_a_model, unsupported_version, truncated, limit_exceeded,
///         bad_type, bad_shape, bad_value
Expected<FileDescription> describe(std::span<const std::byte> file) noexcept;

}  // namespace mgt
