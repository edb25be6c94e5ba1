// One query against its window, per head: relative rotation, scores, softmax, weighted sum of the values.
#pragma once

#include "kernels/softmax.hpp"
#include "kernels/table.hpp"

namespace mgt::detail {

/// <R(offset) q, k> for one head with half-split rotation: pair p is (p, p + half).
template <class Arch>
[[gnu::always_inline]] inline float rotated_dot(const float* q, const float* k, const float* cosine, const float* sine,
                                                std::size_t half) noexcept {
  using L = Lanes<Arch>;
  L sum = L::broadcast(0.0f);
  for (std::size_t p = 0; p < half; p += kLanes) {
    const L q1 = L::load(q + p);
    const L q2 = L::load(q + p + half);
    const L k1 = L::load(k + p);
    const L k2 = L::load(k + p + half);
    const L along = q1 * k1 + q2 * k2;
    const L across = q1 * k2 - q2 * k1;
    sum = sum + (L::load(cosine + p) * along + L::load(sine + p) * across);
  }
  return sum.total();
}

/// Softmax of n scores; the scratch behind them up to the next multiple of 16 is overwritten.
template <class Arch>
[[gnu::always_inline]] inline void softmax_scores(float* scores, std::size_t n) noexcept {
  using L = Lanes<Arch>;
  const std::size_t padded = (n + kLanes - 1) / kLanes * kLanes;
  for (std::size_t j = n; j < padded; ++j) scores[j] = -kLargestFloat;
  const L highest = L::broadcast(highest_of<Arch>(scores, padded));
  for (std::size_t j = 0; j < padded; j += kLanes) exp_of(L::load(scores + j) - highest).store(scores + j);
  for (std::size_t j = n; j < padded; ++j) scores[j] = 0.0f;  // adds nothing to its lane
  L sum = L::broadcast(0.0f);
  for (std::size_t j = 0; j < padded; j += kLanes) sum = sum + L::load(scores + j);
  const L total = L::broadcast(sum.total());
  for (std::size_t j = 0; j < padded; j += kLanes) (L::load(scores + j) / total).store(scores + j);
}

template <class Arch>
[[gnu::always_inline]] inline void weigh_values(const float* weights, const float* const* rows, std::size_t n_rows,
                                                std::size_t column, std::size_t head_dim, float* out) noexcept {
  using L = Lanes<Arch>;
  for (std::size_t d = 0; d < head_dim; d += 2 * kLanes) {
    L first = L::broadcast(0.0f);
    L second = first;
    for (std::size_t j = 0; j < n_rows; ++j) {
      const L weight = L::broadcast(weights[j]);
      const float* row = rows[j] + column + d;
      first = first + weight * L::load(row);
      second = second + weight * L::load(row + kLanes);
    }
    first.store(out + d);
    second.store(out + d + kLanes);
  }
}

template <class Arch>
void attention(const AttentionArgs& args) noexcept {
  const std::size_t head_dim = args.head_dim;
  const std::size_t half = head_dim / 2;
  const std::size_t group = args.n_heads / args.n_kv_heads;
  const float scale = 1.0f / __builtin_sqrtf(static_cast<float>(head_dim));
  for (std::size_t h = 0; h < args.n_heads; ++h) {
    const float* q = args.query + h * head_dim;
    const std::size_t column = h / group * head_dim;
    for (std::size_t j = 0; j < args.n_rows; ++j) {
      const std::size_t offset = (args.n_rows - 1 - j) * half;
      args.scores[j] =
          rotated_dot<Arch>(q, args.keys[j] + column, args.rope_cos + offset, args.rope_sin + offset, half) * scale;
    }
    softmax_scores<Arch>(args.scores, args.n_rows);
    weigh_values<Arch>(args.scores, args.values, args.n_rows, column, head_dim, args.out + h * head_dim);
  }
}

}  // namespace mgt::detail
