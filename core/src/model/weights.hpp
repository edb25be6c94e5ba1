// Copies a file's tensors into a model's block: floats as they are, matrices as packed rows of integers.
#pragma once

#include "mgt/error.hpp"
#include "model/data.hpp"
#include "model/gguf_reader.hpp"

namespace mgt::detail {

/// Fills every array of `data`, which lay_out() has placed in memory. The file has passed check_tensors().
/// errors  bad_value, naming the tensor, row and column of a weight that is NaN, infinite or beyond kMaxWeight, tensor
///         and row of such a scale; naming both scales of a row in an int4 matrix whose blocks differ; out_of_memory
Expected<void> fill_weights(const gguf::File& file, ModelData& data) noexcept;

}  // namespace mgt::detail
