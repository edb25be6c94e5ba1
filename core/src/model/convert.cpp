#include "mgt/convert.hpp"

#include <algorithm>
#include <utility>

#include "model/gguf_reader.hpp"
#include "model/gguf_writer.hpp"
#include "model/load.hpp"
#include "model/row_quantize.hpp"
#include "model/tensor_schema.hpp"

namespace mgt {
namespace {

using gguf::TensorType;

constexpr std::string_view kFileTypeKey = "general.file_type";

/// The number that general.file_type gives to a file whose matrices have this type.
std::uint32_t file_type_number(TensorType type) noexcept {
  return type == TensorType::q8_0 ? 7 : 0;
}

/// Matrices change their type; norms and the embedding stay as they are.
bool is_matrix(const gguf::Tensor& tensor) noexcept {
  return tensor.n_dims == 2 && tensor.rows() > 1 && tensor.columns() % 32 == 0 && tensor.name != detail::kEmbeddingName;
}

/// Whether the tensor is already what converting to `type` would write.
bool is_converted(const gguf::Tensor& tensor, TensorType type) noexcept {
  if (tensor.type != type || type != TensorType::q8_0) return tensor.type == type;
  float scale;
  for (std::uint64_t r = 0; r < tensor.rows(); ++r) {
    if (!detail::uniform_q8_0_row(tensor.row(r), &scale)) return false;
  }
  return true;
}

Expected<std::vector<std::byte>> convert_tensor(const gguf::Tensor& tensor, TensorType type) noexcept {
  if (!is_matrix(tensor) || is_converted(tensor, type)) {
    return std::vector<std::byte>(tensor.bytes.begin(), tensor.bytes.end());
  }
  const auto cols = static_cast<std::size_t>(tensor.columns());
  const gguf::BlockShape block = gguf::block_shape(type);
  const std::size_t row_bytes = cols / block.elements * block.bytes;
  std::vector<std::byte> out(static_cast<std::size_t>(tensor.rows()) * row_bytes);
  std::vector<float> row(cols);
  for (std::uint64_t r = 0; r < tensor.rows(); ++r) {
    if (const auto ok = detail::decode_row(tensor, r, row); !ok) return std::unexpected(ok.error());
    std::byte* to = out.data() + static_cast<std::size_t>(r) * row_bytes;
    if (type == TensorType::q8_0) {
      detail::encode_q8_0_row(row, to);
    } else {
      const auto bytes = std::as_bytes(std::span(row));
      std::copy(bytes.begin(), bytes.end(), to);
    }
  }
  return out;
}

}  // namespace

Expected<std::vector<std::byte>> convert(std::span<const std::byte> bytes, WeightType weight_type) noexcept {
  if (weight_type != WeightType::f32 && weight_type != WeightType::q8_0) {
    return fail(Errc::option_out_of_range, "weight type %u is not supported, this build writes f32 (0) and q8_0 (1)",
                static_cast<unsigned>(weight_type));
  }
  const TensorType type = weight_type == WeightType::q8_0 ? TensorType::q8_0 : TensorType::f32;
  const auto file = gguf::File::parse(bytes, gguf::Extent::whole_file);
  if (!file) return std::unexpected(file.error());
  const auto model = detail::load_model_data(bytes, detail::SelfTest::skip);
  if (!model) return std::unexpected(model.error());

  gguf::Writer writer;
  for (const gguf::Value& value : file->values()) {
    if (value.key == kFileTypeKey) {
      writer.add_u32(kFileTypeKey, file_type_number(type));
    } else {
      writer.add_value(value);
    }
  }
  for (const gguf::Tensor& tensor : file->tensors()) {
    auto converted = convert_tensor(tensor, type);
    if (!converted) return std::unexpected(converted.error());
    writer.add_tensor(tensor.name, is_matrix(tensor) ? type : tensor.type, std::span(tensor.dims).first(tensor.n_dims),
                      *std::move(converted));
  }
  return writer.finish(file->alignment());
}

}  // namespace mgt
