#include "model/weights.hpp"

#include "array.hpp"
#include "model/gguf_cursor.hpp"
#include "model/pack.hpp"
#include "model/row_quantize.hpp"
#include "model/tensor_schema.hpp"
#include "model/weight_format.hpp"

namespace mgt::detail {
namespace {

/// The block is ours and still being filled; only readers see it as const.
template <class T>
T* writable(const T* p) noexcept {
  return const_cast<T*>(p);
}

Expected<void> fill_floats(const gguf::File& file, const char* name, const float* to) noexcept {
  const gguf::Tensor& tensor = *file.find_tensor(name);
  const auto cols = static_cast<std::size_t>(tensor.columns());
  for (std::uint64_t r = 0; r < tensor.rows(); ++r) {
    const std::span<float> row(writable(to) + static_cast<std::size_t>(r) * cols, cols);
    if (const auto ok = decode_row(tensor, r, row); !ok) return ok;
  }
  return {};
}

Expected<float> checked_scale(const gguf::Tensor& tensor, std::uint64_t r, float scale,
                              float largest_integer) noexcept {
  const float limit = kMaxWeight / largest_integer;
  if (scale >= -limit && scale <= limit) return scale;
  return fail(Errc::bad_value, "tensor %.*s has the scale %g in row %llu; the limit is %g", MGT_PRINT_VIEW(tensor.name),
              static_cast<double>(scale), gguf::ull{r}, static_cast<double>(limit));
}

/// One row as int8 and a scale: taken as it stands where the file has one scale per row, requantised otherwise.
Expected<float> int8_row(const gguf::Tensor& tensor, std::uint64_t r, std::span<float> scratch,
                         std::int8_t* q) noexcept {
  if (const auto scale = stored_int8_row(tensor, r, q)) {
    return checked_scale(tensor, r, *scale, tensor.type == gguf::TensorType::q8_0 ? 127 : 8);
  }
  if (const auto ok = decode_row(tensor, r, scratch); !ok) return std::unexpected(ok.error());
  return quantize_row(scratch, q);
}

/// One row of a Q4_0 tensor whose file promises one scale per row.
Expected<float> int4_row(const gguf::Tensor& tensor, std::uint64_t r, std::int8_t* q) noexcept {
  float scale = 0;
  float other = 0;
  if (!uniform_q4_0_row(tensor.row(r), &scale, &other)) {
    return fail(Errc::bad_value, "tensor %.*s has the scales %g and %g in row %llu, but %s promises one per row",
                MGT_PRINT_VIEW(tensor.name), static_cast<double>(scale), static_cast<double>(other), gguf::ull{r},
                kRowScalesKey);
  }
  copy_q4_0_values(tensor.row(r), q);
  return checked_scale(tensor, r, scale, 8);
}

Expected<void> fill_matrix(const gguf::File& file, const char* name, const PackedMatrix& to) noexcept {
  const gguf::Tensor& tensor = *file.find_tensor(name);
  Array<float> scratch;
  Array<std::int8_t> q;
  if (!scratch.allocate(to.cols) || !q.allocate(to.cols)) return out_of_memory("row of a matrix", to.cols * 5ull);
  for (std::uint32_t r = 0; r < to.rows; ++r) {
    const auto scale =
        to.format == WeightFormat::int4 ? int4_row(tensor, r, q.data()) : int8_row(tensor, r, scratch.span(), q.data());
    if (!scale) return std::unexpected(scale.error());
    writable(to.scales)[r] = *scale;
    writable(to.row_sums)[r] = pack_row(q.data(), r, to);
  }
  return {};
}

Expected<void> fill_layer(const gguf::File& file, std::uint32_t i, const ModelConfig& c,
                          const LayerWeights& layer) noexcept {
  struct Floats {
    const char* part;
    const float* to;
  };
  const Floats floats[] = {
      {"attn_norm", layer.attn_norm}, {"ffn_norm", layer.ffn_norm}, {"exit_norm", layer.exit_norm}};
  for (const Floats& f : floats) {
    if (const auto ok = fill_floats(file, TensorName(i, f.part).text, f.to); !ok) return ok;
  }
  struct Matrix {
    const char* part;
    PackedMatrix to;
  };
  const Matrix matrices[] = {
      {"attn_q", layer.qkv.slice(0, c.hidden)},
      {"attn_k", layer.qkv.slice(c.hidden, c.kv_dim())},
      {"attn_v", layer.qkv.slice(c.hidden + c.kv_dim(), c.kv_dim())},
      {"attn_output", layer.attn_output},
      {"ffn_up", layer.ffn_up},
      {"ffn_down", layer.ffn_down},
  };
  for (const Matrix& m : matrices) {
    if (const auto ok = fill_matrix(file, TensorName(i, m.part).text, m.to); !ok) return ok;
  }
  return {};
}

}  // namespace

Expected<void> fill_weights(const gguf::File& file, ModelData& data) noexcept {
  if (const auto ok = fill_floats(file, kEmbeddingName, data.embedding); !ok) return ok;
  for (std::uint32_t i = 0; i < data.config.n_layers; ++i) {
    if (const auto ok = fill_layer(file, i, data.config, data.layers[i]); !ok) return ok;
  }
  return fill_matrix(file, kHeadName, data.head);
}

}  // namespace mgt::detail
