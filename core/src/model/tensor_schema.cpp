#include "model/tensor_schema.hpp"

#include "model/gguf_cursor.hpp"
#include "text/format.hpp"

namespace mgt::detail {
namespace {

Expected<void> check_shape(const gguf::File& file, const char* name, std::uint64_t cols, std::uint64_t rows) noexcept {
  const gguf::Tensor* tensor = file.find_tensor(name);
  if (tensor == nullptr) return fail(Errc::missing_field, "tensor %s is missing", name);
  if (tensor->columns() != cols || tensor->rows() != rows || tensor->dims[1] != rows) {
    return fail(Errc::bad_shape, "tensor %s is %llu x %llu (columns x rows), the configuration asks for %llu x %llu",
                name, gguf::ull{tensor->columns()}, gguf::ull{tensor->rows()}, gguf::ull{cols}, gguf::ull{rows});
  }
  return {};
}

Expected<void> check_norm(const gguf::File& file, const char* name, std::uint64_t size) noexcept {
  if (const auto ok = check_shape(file, name, size, 1); !ok) return ok;
  const gguf::Tensor* tensor = file.find_tensor(name);
  if (tensor->type != gguf::TensorType::f32) {
    return fail(Errc::bad_type, "tensor %s has type %s, norms are F32", name, gguf::tensor_type_name(tensor->type));
  }
  return {};
}

}  // namespace

TensorName::TensorName(std::uint32_t layer, const char* part) noexcept {
  text::format_text(text, "blk.%u.%s.weight", layer, part);
}

Expected<void> check_tensors(const gguf::File& file, const ModelConfig& c) noexcept {
  struct Matrix {
    const char* part;
    std::uint64_t cols, rows;
  };
  const Matrix matrices[] = {
      {"attn_q", c.hidden, c.hidden},      {"attn_k", c.hidden, c.kv_dim()}, {"attn_v", c.hidden, c.kv_dim()},
      {"attn_output", c.hidden, c.hidden}, {"ffn_up", c.hidden, c.ffn},      {"ffn_down", c.ffn, c.hidden},
  };
  if (const auto ok = check_shape(file, kEmbeddingName, c.hidden, kVocabSize); !ok) return ok;
  if (const auto ok = check_shape(file, kHeadName, c.hidden, kVocabSize); !ok) return ok;
  for (std::uint32_t layer = 0; layer < c.n_layers; ++layer) {
    for (const Matrix& m : matrices) {
      if (const auto ok = check_shape(file, TensorName(layer, m.part).text, m.cols, m.rows); !ok) return ok;
    }
    for (const char* norm : {"attn_norm", "ffn_norm", "exit_norm"}) {
      if (const auto ok = check_norm(file, TensorName(layer, norm).text, c.hidden); !ok) return ok;
    }
  }
  return {};
}

std::uint64_t count_parameters(const ModelConfig& c) noexcept {
  return 2 * kVocabSize * c.hidden + c.n_layers * (c.layer_macs() + 3 * c.hidden);
}

}  // namespace mgt::detail
