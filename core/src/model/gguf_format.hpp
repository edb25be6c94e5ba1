// The vocabulary of the GGUF container: value types, tensor types, block sizes and the caps of this reader.
#pragma once

#include <cstdint>

namespace mgt::gguf {

inline constexpr std::uint32_t kMagic = 0x46554747;  ///< "GGUF" read as a little-endian word
inline constexpr std::uint32_t kVersion = 3;
inline constexpr std::uint32_t kDefaultAlignment = 32;
inline constexpr std::uint32_t kMaxAlignment = 65536;

// Caps: far above any model of this family, far below what could hurt. Checked before anything is allocated.
inline constexpr std::uint64_t kMaxKeys = 4096;
inline constexpr std::uint64_t kMaxTensors = 4096;
inline constexpr std::uint64_t kMaxNameBytes = 127;
inline constexpr std::uint64_t kMaxStringBytes = 1u << 20;
inline constexpr std::uint64_t kMaxArrayElements = 1u << 20;
inline constexpr std::uint32_t kMaxDims = 4;
inline constexpr std::uint64_t kMaxTensorElements = std::uint64_t{1} << 36;

// Both enumerations are as wide as the file stores them.
// NOLINTNEXTLINE(performance-enum-size)
enum class ValueType : std::uint32_t {
  u8 = 0,
  i8 = 1,
  u16 = 2,
  i16 = 3,
  u32 = 4,
  i32 = 5,
  f32 = 6,
  boolean = 7,
  string = 8,
  array = 9,
  u64 = 10,
  i64 = 11,
  f64 = 12,
};

// NOLINTNEXTLINE(performance-enum-size)
enum class TensorType : std::uint32_t {
  f32 = 0,
  f16 = 1,
  q4_0 = 2,
  q8_0 = 8,
};

/// Consecutive elements of a row that are stored together, and their bytes.
struct BlockShape {
  std::uint32_t elements = 0;
  std::uint32_t bytes = 0;
};

/// "u32", "array", ...; "unknown" for a number outside the enumeration.
const char* value_type_name(ValueType type) noexcept;
/// Bytes of one value; 0 for strings, arrays and unknown types.
std::uint32_t value_type_size(ValueType type) noexcept;

/// "F32", "Q8_0", ...; "unknown" for a type this build does not read.
const char* tensor_type_name(TensorType type) noexcept;
/// {0, 0} for a type this build does not read.
BlockShape block_shape(TensorType type) noexcept;

}  // namespace mgt::gguf
