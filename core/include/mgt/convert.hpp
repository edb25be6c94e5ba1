// Rewrites a model file with its matrices in another type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mgt/error.hpp"

namespace mgt {

enum class WeightType : std::uint8_t {
  f32,
  q8_0,  ///< int8, one scale per row
  q4_0,  ///< int4, one scale per row
};

/// A copy of an `mgt` model with every matrix but the embedding in `type`; keys are kept, general.file_type,
/// mgt.row_scales (4 bits only) and mgt.file_hash (where there is one) follow.
///
/// returns a whole GGUF file. Converting to a type what already has it, with one scale per row, gives the same weights.
///         q4_0 by rounding alone costs quality, unlike a model trained for it. Where rounding moves the self-test's
///         logits beyond the file's tolerance, they are recorded anew from the converted model.
/// errors  those of Model::load except self_test_failed; option_out_of_range for an unknown type
/// Cost: one pass over the file and the self-test's tokens; memory for input, output and the model.
Expected<std::vector<std::byte>> convert(std::span<const std::byte> file, WeightType type) noexcept;

}  // namespace mgt
