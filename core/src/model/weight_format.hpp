// In how many bits a file's matrices are held, decided from its header alone: the plan of a model depends on it.
#pragma once

#include "mgt/error.hpp"
#include "model/data.hpp"
#include "model/gguf_reader.hpp"

namespace mgt::detail {

/// u32, 0 or 1. 1: all blocks of a row carry one scale, in every quantised matrix. Q4_0 matrices are then held in 4
/// bits; without the key, or of another type, a matrix is held in 8.
inline constexpr const char* kRowScalesKey = "mgt.row_scales";

/// The key's value; false where the file has none. errors  bad_type, bad_value
Expected<bool> read_row_scales(const gguf::File& file) noexcept;

/// Sets the format of every matrix of `data`, whose config is set. The file has passed check_tensors(). Queries, keys
/// and values are one matrix: 4 bits only where all three tensors are Q4_0.
void choose_formats(const gguf::File& file, bool row_scales, ModelData& data) noexcept;

/// The format of the matrix that a tensor of a model file goes into; int8 as well for tensors that are none.
WeightFormat format_of(const gguf::File& file, bool row_scales, const gguf::Tensor& tensor) noexcept;

}  // namespace mgt::detail
