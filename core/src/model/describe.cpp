#include <type_traits>

#include "mgt/inspect.hpp"
#include "model/gguf_reader.hpp"
#include "model/tensor_schema.hpp"
#include "model/weight_format.hpp"
#include "text/numbers.hpp"

namespace mgt {
namespace {

constexpr std::size_t kMaxShownBytes = 160;
constexpr std::size_t kMaxShownElements = 8;

template <class T>
std::string number_text(std::span<const std::byte> bytes, std::size_t i) {
  const T number = gguf::ArrayView<T>(bytes)[i];
  if constexpr (std::is_integral_v<T>) {
    return std::to_string(number);
  } else {
    char buffer[text::kMaxNumberText];
    return std::string(text::print(number, buffer));
  }
}

/// Element `i` of a value that is not a string.
std::string element_text(gguf::ValueType type, std::span<const std::byte> bytes, std::size_t i) {
  using gguf::ValueType;
  switch (type) {
    case ValueType::u8:
      return number_text<std::uint8_t>(bytes, i);
    case ValueType::i8:
      return number_text<std::int8_t>(bytes, i);
    case ValueType::u16:
      return number_text<std::uint16_t>(bytes, i);
    case ValueType::i16:
      return number_text<std::int16_t>(bytes, i);
    case ValueType::u32:
      return number_text<std::uint32_t>(bytes, i);
    case ValueType::i32:
      return number_text<std::int32_t>(bytes, i);
    case ValueType::u64:
      return number_text<std::uint64_t>(bytes, i);
    case ValueType::i64:
      return number_text<std::int64_t>(bytes, i);
    case ValueType::f32:
      return number_text<float>(bytes, i);
    case ValueType::f64:
      return number_text<double>(bytes, i);
    case ValueType::boolean:
      return std::to_integer<int>(bytes[i]) != 0 ? "true" : "false";
    case ValueType::string:
    case ValueType::array:
      break;
  }
  return {};
}

/// The text with control characters replaced, cut between UTF-8 characters.
std::string printable(std::span<const std::byte> bytes) {
  std::size_t n = bytes.size();
  if (n > kMaxShownBytes) {
    n = kMaxShownBytes;
    while (n > 0 && (std::to_integer<unsigned>(bytes[n]) & 0xc0u) == 0x80u) --n;
  }
  std::string text;
  for (const std::byte b : bytes.first(n)) {
    const auto c = std::to_integer<unsigned char>(b);
    text.push_back(c < 0x20 || c == 0x7f ? '?' : static_cast<char>(c));
  }
  if (n < bytes.size()) text += "...";
  return text;
}

std::string array_text(const gguf::Value& value) {
  if (value.element_type == gguf::ValueType::string) return std::to_string(value.count) + " strings";
  std::string text = "[";
  for (std::size_t i = 0; i < value.count && i < kMaxShownElements; ++i) {
    if (i > 0) text += ", ";
    text += element_text(value.element_type, value.bytes, i);
  }
  if (value.count > kMaxShownElements) text += ", ... " + std::to_string(value.count) + " in all";
  return text + "]";
}

FileKey describe_key(const gguf::Value& value) {
  FileKey key;
  key.name = value.key;
  key.type = gguf::value_type_name(value.type);
  switch (value.type) {
    case gguf::ValueType::string:
      key.value = printable(value.bytes);
      break;
    case gguf::ValueType::array:
      key.type += std::string(" of ") + gguf::value_type_name(value.element_type);
      key.value = array_text(value);
      break;
    default:
      key.value = element_text(value.type, value.bytes, 0);
  }
  return key;
}

/// How a model holds a tensor of its file in memory; "" in files of other architectures.
const char* held_as(const gguf::File& file, const gguf::Tensor& tensor) noexcept {
  const auto architecture = file.get_string("general.architecture");
  if (!architecture || *architecture != "mgt") return "";
  if (tensor.n_dims != 2 || tensor.name == detail::kEmbeddingName) return "float32";
  const bool row_scales = detail::read_row_scales(file).value_or(false);
  return detail::format_of(file, row_scales, tensor) == WeightFormat::int4 ? "int4" : "int8";
}

}  // namespace

Expected<FileDescription> describe(std::span<const std::byte> bytes) noexcept {
  const auto file = gguf::File::parse(bytes, gguf::Extent::header_only);
  if (!file) return std::unexpected(file.error());
  FileDescription description;
  description.version = gguf::kVersion;
  description.alignment = file->alignment();
  for (const gguf::Value& value : file->values()) description.keys.push_back(describe_key(value));
  for (const gguf::Tensor& tensor : file->tensors()) {
    description.n_parameters += tensor.columns() * tensor.rows();
    description.tensors.push_back({std::string(tensor.name),
                                   gguf::tensor_type_name(tensor.type),
                                   {tensor.dims.begin(), tensor.dims.begin() + tensor.n_dims},
                                   tensor.size_bytes,
                                   held_as(*file, tensor)});
  }
  return description;
}

}  // namespace mgt
