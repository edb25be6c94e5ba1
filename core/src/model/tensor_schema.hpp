// Which tensors a model of a given shape consists of, and the check that a file has them.
#pragma once

#include <cstdint>

#include "mgt/error.hpp"
#include "mgt/model.hpp"
#include "model/gguf_reader.hpp"

namespace mgt::detail {

/// "blk.3.ffn_up.weight", without allocation.
struct TensorName {
  TensorName(std::uint32_t layer, const char* part) noexcept;
  char text[40];
};

inline constexpr const char* kEmbeddingName = "token_embd.weight";
inline constexpr const char* kHeadName = "output.weight";

/// Every tensor is there with the right shape; norms are F32, matrices of any type the reader knows.
/// errors  missing_field, bad_shape (both shapes, columns x rows), bad_type
Expected<void> check_tensors(const gguf::File& file, const ModelConfig& config) noexcept;

/// Weights of such a model, embeddings and norms included.
std::uint64_t count_parameters(const ModelConfig& config) noexcept;

}  // namespace mgt::detail
