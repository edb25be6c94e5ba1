// Every layer for every token, with nothing clever: the self-test's engine and the oracle of the session's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "array.hpp"
#include "kernels/table.hpp"
#include "model/data.hpp"

namespace mgt::detail {

struct DenseResult {
  std::size_t n_tokens = 0;
  std::uint32_t hidden_size = 0;
  Array<float> hidden;  ///< [(n_layers + 1) x n_tokens x hidden]; entry 0 is the embedding
  Array<float> logits;  ///< [n_layers x n_tokens x 256]; entry e is the exit after layer e + 1

  std::span<const float> hidden_at(std::uint32_t layer, std::size_t position) const noexcept {
    return hidden.span().subspan((layer * n_tokens + position) * hidden_size, hidden_size);
  }
  std::span<const float> logits_at(std::uint32_t exit, std::size_t position) const noexcept {
    return logits.span().subspan((exit * n_tokens + position) * kVocabSize, kVocabSize);
  }
};

/// Runs `tokens` as one chunk from an empty context; position i attends to max(0, i - window + 1) .. i.
///
/// window  in [1, kMaxWindow]
/// errors  out_of_memory
/// Cost: all layers and all exits for all tokens. Allocates its result and its scratch.
Expected<DenseResult> dense_forward(const ModelData& model, const KernelTable& kernels,
                                    std::span<const std::uint8_t> tokens, std::uint32_t window) noexcept;

}  // namespace mgt::detail
