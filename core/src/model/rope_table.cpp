#include "model/rope_table.hpp"

#include <cstddef>

#include "mgt/model.hpp"

namespace mgt::detail {
namespace {

constexpr double kLn2High = 0x1.62e42fee00000p-1;  // ends in zeros: products with small integers are exact
constexpr double kLn2Low = 0x1.a39ef35793c76p-33;
constexpr double kHalfPiHigh = 0x1.921fb54400000p+0;  // likewise
constexpr double kHalfPiLow = 0x1.0b4611a626331p-34;

/// Nearest integer of a small non-negative number.
int nearest(double x) noexcept {
  return static_cast<int>(x + 0.5);
}

}  // namespace

double portable_log(double x) noexcept {
  int exponent = 0;
  for (; x > 1.4142135623730951; x *= 0.5) ++exponent;
  for (; x < 0.7071067811865476; x *= 2.0) --exponent;
  const double s = (x - 1.0) / (x + 1.0);  // ln x = 2 artanh s, |s| < 0.172
  const double s2 = s * s;
  double sum = 0;
  for (int k = 25; k >= 1; k -= 2) sum = sum * s2 + 1.0 / k;
  return exponent * kLn2High + (exponent * kLn2Low + 2.0 * s * sum);
}

double portable_exp(double x) noexcept {
  const double ratio = x / (kLn2High + kLn2Low);
  const int n = ratio < 0 ? -nearest(-ratio) : nearest(ratio);
  const double r = (x - n * kLn2High) - n * kLn2Low;  // |r| < 0.35
  double result = 1.0;
  for (int k = 17; k >= 1; --k) result = 1.0 + result * r / k;
  const double factor = n < 0 ? 0.5 : 2.0;
  for (int k = n < 0 ? -n : n; k > 0; --k) result *= factor;
  return result;
}

void portable_sincos(double x, double* sine, double* cosine) noexcept {
  const int quarter = nearest(x / (kHalfPiHigh + kHalfPiLow));
  const double r = (x - quarter * kHalfPiHigh) - quarter * kHalfPiLow;  // |r| < 0.79
  const double r2 = r * r;
  double s = 1.0;
  double c = 1.0;
  for (int k = 20; k >= 2; k -= 2) {
    s = 1.0 - s * r2 / (k * (k + 1));
    c = 1.0 - c * r2 / (k * (k - 1));
  }
  s *= r;
  switch (quarter % 4) {
    case 0:
      *sine = s, *cosine = c;
      return;
    case 1:
      *sine = c, *cosine = -s;
      return;
    case 2:
      *sine = -s, *cosine = -c;
      return;
    default:
      *sine = -c, *cosine = s;
      return;
  }
}

void fill_rope_table(float theta, std::uint32_t head_dim, float* cosines, float* sines) noexcept {
  const std::uint32_t half = head_dim / 2;
  const double log_theta = portable_log(static_cast<double>(theta));
  for (std::uint32_t i = 0; i < half; ++i) {
    const double frequency = portable_exp(-log_theta * (2.0 * i) / head_dim);
    for (std::uint32_t d = 0; d < kMaxWindow; ++d) {
      double sine;
      double cosine;
      portable_sincos(d * frequency, &sine, &cosine);
      cosines[std::size_t{d} * half + i] = static_cast<float>(cosine);
      sines[std::size_t{d} * half + i] = static_cast<float>(sine);
    }
  }
}

}  // namespace mgt::detail
