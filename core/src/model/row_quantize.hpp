// Integer rows with one scale each, and rows of every tensor type back to float.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "mgt/error.hpp"
#include "model/gguf_reader.hpp"

namespace mgt::detail {

/// The largest magnitude of a weight: where half precision ends. Far beyond any trained weight; states that overflow
/// all the same are quantised to zeros, never to undefined values.
inline constexpr float kMaxWeight = 65504.0f;

/// value / scale rounded to the nearest integer, ties to even, clamped to [-127, 127]. scale 0 gives 0.
std::int8_t quantize_value(float value, float scale) noexcept;

/// scale = max|row| / 127; q[i] = quantize_value(row[i], scale). Returns the scale.
float quantize_row(std::span<const float> row, std::int8_t* q) noexcept;

/// Encodes a row as Q8_0 blocks that all carry one scale: the half nearest to max|row| / 127, or the next above
/// where the nearest would push a value past 127. row.size() is a multiple of 32, values are within kMaxWeight.
void encode_q8_0_row(std::span<const float> row, std::byte* blocks) noexcept;

/// Whether a Q8_0 row can be taken as it stands: one scale in all blocks and no value of -128.
/// Writes the scale; the caller checks that it is finite.
bool uniform_q8_0_row(std::span<const std::byte> blocks, float* scale) noexcept;

/// Copies the int8 values of a Q8_0 row.
void copy_q8_0_values(std::span<const std::byte> blocks, std::int8_t* q) noexcept;

/// Encodes a row as Q4_0 blocks that all carry one scale, with integers in [-7, 7]: of the halves nearest to
/// share * max|row| / 7, for shares 1, .92, .84, .76, .68 and .6, the one with the least sum of squared errors (the
/// first of equals). In float64, so that models/gguf.py chooses the same. row.size() is a multiple of 32, values are
/// within kMaxWeight.
void encode_q4_0_row(std::span<const float> row, std::byte* blocks) noexcept;

/// Whether all blocks of a Q4_0 row carry one scale. Writes the first block's; `other` (may be null) gets the first
/// that differs from it.
bool uniform_q4_0_row(std::span<const std::byte> blocks, float* scale, float* other) noexcept;

/// Copies the integers of a Q4_0 row, -8 to 7.
void copy_q4_0_values(std::span<const std::byte> blocks, std::int8_t* q) noexcept;

/// Row `r` as int8 and its scale where the file has one scale per row: exactly what the file says. Else, and for
/// tensors of floats, nothing.
std::optional<float> stored_int8_row(const gguf::Tensor& tensor, std::uint64_t r, std::int8_t* q) noexcept;

/// Row `r` of a tensor as floats. bad_value where one is NaN, infinite or beyond kMaxWeight, naming the tensor,
/// the row and the column. `out` has tensor.columns() elements.
Expected<void> decode_row(const gguf::Tensor& tensor, std::uint64_t r, std::span<float> out) noexcept;

}  // namespace mgt::detail
