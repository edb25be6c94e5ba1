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
  q4_0,  ///< not written by this build
};

/// A copy of an `mgt` model with every matrix but the embedding in `type`; keys are kept, general.file_type follows.
///
/// returns a whole GGUF file. Converting to q8_0 what was q8_0 with one scale per row gives the same weights.
/// errors  those of Model::load except self_test_failed; option_out_of_range for a type this build does not write
/// Cost: one pass over the file; memory for input and output.
Expected<std::vector<std::byte>> convert(std::span<const std::byte> file, WeightType type) noexcept;

}  // namespace mgt
