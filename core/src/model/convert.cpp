#include "mgt/convert.hpp"

#include <cstring>
#include <iterator>
#include <utility>

#include "array.hpp"
#include "model/file_hash.hpp"
#include "model/gguf_reader.hpp"
#include "model/gguf_writer.hpp"
#include "model/load.hpp"
#include "model/row_quantize.hpp"
#include "model/self_test.hpp"
#include "model/tensor_schema.hpp"
#include "model/weight_format.hpp"

namespace mgt {
namespace {

using gguf::TensorType;

constexpr std::string_view kFileTypeKey = "general.file_type";

struct Target {
  TensorType type;
  std::uint32_t file_type;  ///< the number that general.file_type gives to such a file
  void (*encode_row)(std::span<const float> row, std::byte* to) noexcept;
  bool (*is_uniform)(std::span<const std::byte> row) noexcept;  ///< whether the row is what encode_row would write
};

constexpr Target kTargets[] = {
    {TensorType::f32, 0,
     [](std::span<const float> row, std::byte* to) noexcept { std::memcpy(to, row.data(), row.size_bytes()); },
     [](std::span<const std::byte>) noexcept { return true; }},
    {TensorType::q8_0, 7, detail::encode_q8_0_row,
     [](std::span<const std::byte> row) noexcept {
       float scale;
       return detail::uniform_q8_0_row(row, &scale);
     }},
    {TensorType::q4_0, 2, detail::encode_q4_0_row,
     [](std::span<const std::byte> row) noexcept {
       float scale;
       return detail::uniform_q4_0_row(row, &scale, nullptr);
     }},
};

/// Matrices change their type; norms and the embedding stay as they are.
bool is_matrix(const gguf::Tensor& tensor) noexcept {
  return tensor.n_dims == 2 && tensor.rows() > 1 && tensor.columns() % 32 == 0 && tensor.name != detail::kEmbeddingName;
}

/// Whether the tensor is already what converting would write.
bool is_converted(const gguf::Tensor& tensor, const Target& target) noexcept {
  if (tensor.type != target.type) return false;
  for (std::uint64_t r = 0; r < tensor.rows(); ++r) {
    if (!target.is_uniform(tensor.row(r))) return false;
  }
  return true;
}

Expected<std::vector<std::byte>> convert_tensor(const gguf::Tensor& tensor, const Target& target) noexcept {
  if (!is_matrix(tensor) || is_converted(tensor, target)) {
    return std::vector<std::byte>(tensor.bytes.begin(), tensor.bytes.end());
  }
  const auto cols = static_cast<std::size_t>(tensor.columns());
  const gguf::BlockShape block = gguf::block_shape(target.type);
  const std::size_t row_bytes = cols / block.elements * block.bytes;
  std::vector<std::byte> out(static_cast<std::size_t>(tensor.rows()) * row_bytes);
  std::vector<float> row(cols);
  for (std::uint64_t r = 0; r < tensor.rows(); ++r) {
    if (const auto ok = detail::decode_row(tensor, r, row); !ok) return std::unexpected(ok.error());
    target.encode_row(row, out.data() + static_cast<std::size_t>(r) * row_bytes);
  }
  return out;
}

/// The file's keys with those that follow from the type, and `logits` in place of the self-test's unless it is empty.
void add_keys(const gguf::File& file, const Target& target, std::span<const float> logits, gguf::Writer& writer) {
  for (const gguf::Value& value : file.values()) {
    if (value.key == kFileTypeKey) {
      writer.add_u32(kFileTypeKey, target.file_type);
    } else if (value.key == detail::kSelfTestLogitsKey && !logits.empty()) {
      writer.add_f32_array(detail::kSelfTestLogitsKey, logits);
    } else if (value.key != detail::kRowScalesKey) {
      writer.add_value(value);
    }
  }
  if (target.type == TensorType::q4_0) writer.add_u32(detail::kRowScalesKey, 1);
}

Expected<std::vector<std::byte>> write(const gguf::File& file, const Target& target,
                                       std::span<const float> logits) noexcept {
  gguf::Writer writer;
  add_keys(file, target, logits, writer);
  for (const gguf::Tensor& tensor : file.tensors()) {
    auto converted = convert_tensor(tensor, target);
    if (!converted) return std::unexpected(converted.error());
    writer.add_tensor(tensor.name, is_matrix(tensor) ? target.type : tensor.type,
                      std::span(tensor.dims).first(tensor.n_dims), *std::move(converted));
  }
  std::vector<std::byte> converted = writer.finish(file.alignment());
  if (const auto ok = detail::seal_file(converted); !ok) return std::unexpected(ok.error());
  return converted;
}

/// What the converted model itself gives for the self-test's tokens.
Expected<Array<float>> recorded_logits(std::span<const std::byte> converted) noexcept {
  const auto model = detail::load_model_data(converted, detail::SelfTest::skip);
  if (!model) return std::unexpected(model.error());
  const auto file = gguf::File::parse(converted, gguf::Extent::whole_file);
  if (!file) return std::unexpected(file.error());
  const auto vectors = detail::read_self_test(*file, (*model)->config);
  if (!vectors) return std::unexpected(vectors.error());
  return detail::self_test_logits(*vectors, **model);
}

}  // namespace

Expected<std::vector<std::byte>> convert(std::span<const std::byte> bytes, WeightType weight_type) noexcept {
  const auto choice = static_cast<std::size_t>(weight_type);
  if (choice >= std::size(kTargets)) {
    return fail(Errc::option_out_of_range, "weight type is %zu, this build writes f32 (0), q8_0 (1) and q4_0 (2)",
                choice);
  }
  const Target& target = kTargets[choice];
  const auto file = gguf::File::parse(bytes, gguf::Extent::whole_file);
  if (!file) return std::unexpected(file.error());
  const auto model = detail::load_model_data(bytes, detail::SelfTest::skip);
  if (!model) return std::unexpected(model.error());

  auto converted = write(*file, target, {});
  if (!converted || target.type == TensorType::f32) return converted;
  const auto checked = detail::load_model_data(*converted, detail::SelfTest::run);
  if (checked) return converted;
  if (checked.error().code() != Errc::self_test_failed) return std::unexpected(checked.error());
  // Few bits move the logits further than the file's tolerance: the vectors are recorded anew. They no longer say that
  // this model is what training meant, only that every machine computes the same.
  const auto logits = recorded_logits(*converted);
  if (!logits) return std::unexpected(logits.error());
  return write(*file, target, logits->span());
}

}  // namespace mgt
