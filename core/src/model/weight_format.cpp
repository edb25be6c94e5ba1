#include "model/weight_format.hpp"

#include <algorithm>

#include "model/tensor_schema.hpp"

namespace mgt::detail {
namespace {

constexpr const char* kQueryKeyValue[] = {"attn_q", "attn_k", "attn_v"};

bool is_q4(const gguf::File& file, const char* name) noexcept {
  const gguf::Tensor* tensor = file.find_tensor(name);
  return tensor != nullptr && tensor->type == gguf::TensorType::q4_0;
}

WeightFormat qkv_format(const gguf::File& file, bool row_scales, std::uint32_t layer) noexcept {
  const bool all =
      std::ranges::all_of(kQueryKeyValue, [&](const char* part) { return is_q4(file, TensorName(layer, part).text); });
  return row_scales && all ? WeightFormat::int4 : WeightFormat::int8;
}

}  // namespace

Expected<bool> read_row_scales(const gguf::File& file) noexcept {
  if (file.find(kRowScalesKey) == nullptr) return false;
  const auto value = file.get_u32(kRowScalesKey);
  if (!value) return std::unexpected(value.error());
  if (*value > 1) return fail(Errc::bad_value, "%s is %u, allowed are 0 and 1", kRowScalesKey, *value);
  return *value == 1;
}

void choose_formats(const gguf::File& file, bool row_scales, ModelData& data) noexcept {
  const auto single = [&](const char* name) {
    return row_scales && is_q4(file, name) ? WeightFormat::int4 : WeightFormat::int8;
  };
  for (std::uint32_t i = 0; i < data.config.n_layers; ++i) {
    LayerWeights& layer = data.layers[i];
    layer.qkv.format = qkv_format(file, row_scales, i);
    layer.attn_output.format = single(TensorName(i, "attn_output").text);
    layer.ffn_up.format = single(TensorName(i, "ffn_up").text);
    layer.ffn_down.format = single(TensorName(i, "ffn_down").text);
  }
  data.head.format = single(kHeadName);
}

WeightFormat format_of(const gguf::File& file, bool row_scales, const gguf::Tensor& tensor) noexcept {
  if (!row_scales || tensor.type != gguf::TensorType::q4_0) return WeightFormat::int8;
  for (std::uint32_t layer = 0; layer < kMaxLayers; ++layer) {
    for (const char* part : kQueryKeyValue) {
      if (tensor.name == TensorName(layer, part).text) return qkv_format(file, row_scales, layer);
    }
  }
  return WeightFormat::int4;
}

}  // namespace mgt::detail
