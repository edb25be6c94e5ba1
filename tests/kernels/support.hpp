// Inputs and comparisons of the kernel tests: every table against the scalar one, bit for bit.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "kernels/table.hpp"
#include "model/pack.hpp"

namespace mgt::test {

inline const KernelTable& scalar() {
  return *available_kernels().back();
}

/// Calls f with every table but the reference.
template <class F>
void for_each_vector_table(F f) {
  for (const KernelTable* table : available_kernels()) {
    if (table == &scalar()) continue;
    INFO("table " << table->name);
    f(*table);
  }
}

/// Float bits as integers, with one value for all NaNs: their sign and payload are the only bits left open.
inline std::vector<std::uint32_t> bits(const std::vector<float>& values) {
  std::vector<std::uint32_t> result;
  for (float v : values) result.push_back(std::isnan(v) ? 0x7fc00000u : std::bit_cast<std::uint32_t>(v));
  return result;
}

/// A distribution of floats that some kernel might trip over.
enum class Kind { normal, zeros, negative, positive, constant, huge, subnormal, mixed_scales, sparse, non_finite };
inline constexpr Kind kKinds[] = {Kind::normal, Kind::zeros,     Kind::negative,     Kind::positive, Kind::constant,
                                  Kind::huge,   Kind::subnormal, Kind::mixed_scales, Kind::sparse,   Kind::non_finite};

inline std::vector<float> floats(std::size_t n, Kind kind, std::mt19937& random) {
  std::normal_distribution<float> normal(0.0f, 1.0f);
  std::uniform_real_distribution<float> exponent(-30.0f, 30.0f);
  std::vector<float> x(n);
  const float constant = normal(random);
  for (float& v : x) {
    const float u = normal(random);
    switch (kind) {
      case Kind::normal:
        v = u;
        break;
      case Kind::zeros:
        v = 0.0f;
        break;
      case Kind::negative:
        v = -std::fabs(u);
        break;
      case Kind::positive:
        v = std::fabs(u);
        break;
      case Kind::constant:
        v = constant;
        break;
      case Kind::huge:
        v = u * 1e38f;
        break;
      case Kind::subnormal:
        v = u * 1e-39f;
        break;
      case Kind::mixed_scales:
        v = std::copysign(std::exp2(exponent(random)), u);
        break;
      case Kind::sparse:
        v = u > 1.3f ? u : 0.0f;
        break;
      case Kind::non_finite:
        v = u > 1.5f ? std::numeric_limits<float>::infinity() : u < -1.5f ? std::numeric_limits<float>::quiet_NaN() : u;
        break;
    }
  }
  return x;
}

/// Memory of its own for n values, aligned to 64 bytes.
template <class T>
class Aligned {
 public:
  explicit Aligned(std::size_t n) : bytes_(n * sizeof(T) + 64) {}
  T* data() { return reinterpret_cast<T*>((reinterpret_cast<std::uintptr_t>(bytes_.data()) + 63) / 64 * 64); }

 private:
  std::vector<unsigned char> bytes_;
};

inline constexpr WeightFormat kFormats[] = {WeightFormat::int8, WeightFormat::int4};

inline const char* format_name(WeightFormat format) {
  return format == WeightFormat::int8 ? "int8" : "int4";
}

/// A random matrix in the kernels' layout. `weight(r, c)` reads it back.
class RandomMatrix {
 public:
  RandomMatrix(WeightFormat format, std::uint32_t rows, std::uint32_t cols, std::mt19937& random)
      : dense_(std::size_t{rows} * cols), weights_(dense_.size()), scales_(rows), row_sums_(rows) {
    matrix_ = {weights_.data(), scales_.data(), row_sums_.data(), rows, cols, format};
    const int lowest = format == WeightFormat::int8 ? -127 : -8;
    const int highest = format == WeightFormat::int8 ? 127 : 7;
    std::uniform_int_distribution<int> integer(lowest, highest);
    std::uniform_real_distribution<float> scale(0.0001f, 0.02f);
    for (std::uint32_t r = 0; r < rows; ++r) {
      const int extreme = r % 7 == 3 ? highest : r % 7 == 5 ? lowest : 0;  // rows that would saturate 16 bits
      scales_[r] = scale(random);
      std::int8_t* row = dense_.data() + std::size_t{r} * cols;
      for (std::uint32_t c = 0; c < cols; ++c) row[c] = static_cast<std::int8_t>(extreme ? extreme : integer(random));
      row_sums_[r] = detail::pack_row(row, r, matrix_);
    }
  }

  const PackedMatrix& view() const { return matrix_; }
  int weight(std::uint32_t r, std::uint32_t c) const { return dense_[std::size_t{r} * matrix_.cols + c]; }

 private:
  std::vector<std::int8_t> dense_;
  Aligned<std::int8_t> weights_;
  std::vector<float> scales_;
  std::vector<std::int32_t> row_sums_;
  PackedMatrix matrix_;
};

/// Random quantised rows; a third of them with zero point 0 and mostly zeros, as behind a ReLU.
class RandomRows {
 public:
  RandomRows(std::size_t n_tokens, std::size_t cols, std::mt19937& random)
      : stride_((cols + 63) / 64 * 64), values_(n_tokens * stride_), scales_(n_tokens), zero_points_(n_tokens) {
    std::uniform_int_distribution<int> u7(0, 127);
    std::uniform_real_distribution<float> scale(0.001f, 0.1f);
    const bool sparse = u7(random) < 43;
    const int density = u7(random);
    for (std::size_t t = 0; t < n_tokens; ++t) {
      scales_[t] = scale(random);
      zero_points_[t] = sparse ? 0 : u7(random);
      for (std::size_t c = 0; c < cols; ++c) {
        const bool empty = sparse && u7(random) > density;
        values_.data()[t * stride_ + c] = static_cast<std::uint8_t>(empty ? 0 : t % 5 == 4 ? 127 : u7(random));
      }
    }
  }

  QuantizedRows view() { return {values_.data(), scales_.data(), zero_points_.data(), stride_, scales_.size()}; }

 private:
  std::size_t stride_;
  Aligned<std::uint8_t> values_;
  std::vector<float> scales_;
  std::vector<std::int32_t> zero_points_;
};

}  // namespace mgt::test
