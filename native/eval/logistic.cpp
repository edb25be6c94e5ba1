#include "eval/logistic.hpp"

#include <algorithm>
#include <cmath>

namespace mgt::cli {
namespace {

constexpr int kRounds = 25;
constexpr double kRidge = 1e-6;  // per row: keeps the system solvable where a column is constant

double sigmoid(double x) {
  return 1 / (1 + std::exp(-std::clamp(x, -40.0, 40.0)));
}

/// Solves a x = b in place by Gaussian elimination with row pivots; a is [n x n], symmetric and positive.
std::vector<double> solve(std::vector<double> a, std::vector<double> b) {
  const std::size_t n = b.size();
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k + 1; i < n; ++i) {
      if (std::abs(a[i * n + k]) > std::abs(a[pivot * n + k])) pivot = i;
    }
    for (std::size_t j = 0; j < n; ++j) std::swap(a[k * n + j], a[pivot * n + j]);
    std::swap(b[k], b[pivot]);
    for (std::size_t i = k + 1; i < n; ++i) {
      const double factor = a[i * n + k] / a[k * n + k];
      for (std::size_t j = k; j < n; ++j) a[i * n + j] -= factor * a[k * n + j];
      b[i] -= factor * b[k];
    }
  }
  for (std::size_t k = n; k-- > 0;) {
    for (std::size_t j = k + 1; j < n; ++j) b[k] -= a[k * n + j] * b[j];
    b[k] /= a[k * n + k];
  }
  return b;
}

}  // namespace

Logistic::Logistic(std::span<const double> rows, std::size_t columns, const std::vector<bool>& events)
    : columns_(columns), mean_(columns), deviation_(columns), weights_(columns + 1) {
  const std::size_t n = events.size();
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t c = 0; c < columns; ++c) mean_[c] += rows[i * columns + c] / static_cast<double>(n);
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t c = 0; c < columns; ++c) {
      const double off = rows[i * columns + c] - mean_[c];
      deviation_[c] += off * off / static_cast<double>(n);
    }
  }
  for (double& x : deviation_) x = std::sqrt(x) + 1e-9;

  const std::size_t width = columns + 1;
  std::vector<double> z(width, 1.0);
  for (int round = 0; round < kRounds; ++round) {
    std::vector<double> gradient(width), hessian(width * width);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t c = 0; c < columns; ++c) z[c] = (rows[i * columns + c] - mean_[c]) / deviation_[c];
      const double p = (*this)(rows.subspan(i * columns, columns));
      for (std::size_t a = 0; a < width; ++a) {
        gradient[a] += z[a] * (p - (events[i] ? 1 : 0));
        for (std::size_t b = 0; b < width; ++b) hessian[a * width + b] += z[a] * z[b] * p * (1 - p);
      }
    }
    for (std::size_t a = 0; a < width; ++a) {
      hessian[a * width + a] += kRidge * static_cast<double>(n);
      gradient[a] += kRidge * static_cast<double>(n) * weights_[a];
    }
    const std::vector<double> step = solve(hessian, gradient);
    double largest = 0;
    for (std::size_t a = 0; a < width; ++a) {
      weights_[a] -= step[a];
      largest = std::max(largest, std::abs(step[a]));
    }
    if (largest < 1e-6) break;
  }
}

double Logistic::operator()(std::span<const double> row) const {
  double score = weights_.back();
  for (std::size_t c = 0; c < columns_; ++c) score += weights_[c] * (row[c] - mean_[c]) / deviation_[c];
  return sigmoid(score);
}

std::vector<double> Logistic::plain_weights() const {
  std::vector<double> plain = weights_;
  for (std::size_t c = 0; c < columns_; ++c) {
    plain[c] /= deviation_[c];
    plain.back() -= plain[c] * mean_[c];
  }
  return plain;
}

}  // namespace mgt::cli
