// The rotations of RoPE by relative offset, computed without libm so that every target gets the same bits.
#pragma once

#include <cstdint>

namespace mgt::detail {

/// cos and sin of d * theta^(-2i / head_dim) for offsets d = 0 .. kMaxWindow - 1 and pairs i = 0 .. head_dim/2 - 1.
///
/// cosines, sines  [kMaxWindow x head_dim/2]
/// theta           at least 1
/// Error: below one unit in the last place of float. Method: Su et al., "RoFormer" (2021), arXiv:2104.09864.
void fill_rope_table(float theta, std::uint32_t head_dim, float* cosines, float* sines) noexcept;

/// The pieces, in double precision from + - * / alone; absolute error about 1e-15.
double portable_log(double x) noexcept;                                 ///< x > 0, normal
double portable_exp(double x) noexcept;                                 ///< -700 <= x <= 700
void portable_sincos(double x, double* sine, double* cosine) noexcept;  ///< 0 <= x <= 1024

}  // namespace mgt::detail
