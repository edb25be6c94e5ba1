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

/// The scores of one head: scores[j] for row j of n_rows, padded to a multiple of 16 with the lowest float.
template <class Arch>
[[gnu::always_inline]] inline void score_rows(const AttentionArgs& args, const float* q, std::size_t column,
                                              float scale, float* scores) noexcept {
  const std::size_t half = args.head_dim / 2;
  Lanes<Arch>::broadcast(-kLargestFloat).store(scores + (args.n_rows - 1) / kLanes * kLanes);
  for (std::size_t j = 0; j < args.n_rows; ++j) {
    const std::size_t offset = (args.n_rows - 1 - j) * half;
    scores[j] =
        rotated_dot<Arch>(q, args.keys[j] + column, args.rope_cos + offset, args.rope_sin + offset, half) * scale;
  }
}

/// Softmax of the first n scores; the padding becomes 0, which adds nothing to its lane of the sum.
template <class Arch>
[[gnu::always_inline]] inline void softmax_scores(float* scores, std::size_t n) noexcept {
  using L = Lanes<Arch>;
  const std::size_t padded = (n + kLanes - 1) / kLanes * kLanes;
  const L highest = L::broadcast(highest_of<Arch>(scores, padded));
  L sum = L::broadcast(0.0f);
  for (std::size_t j = 0; j < padded; j += kLanes) {
    const L e = exp_of(L::load(scores + j) - highest).keep_first(n - j);
    e.store(scores + j);
    sum = sum + e;
  }
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
  // The steps of one head wait for each other; those of several heads do not.
  constexpr std::size_t kHeadsAtOnce = 4;
  alignas(64) float scores[kHeadsAtOnce][kMaxRows];
  const std::size_t head_dim = args.head_dim;
  const std::size_t group = args.n_heads / args.n_kv_heads;
  const float scale = 1.0f / __builtin_sqrtf(static_cast<float>(head_dim));
  for (std::size_t first = 0; first < args.n_heads; first += kHeadsAtOnce) {
    const std::size_t n = args.n_heads - first < kHeadsAtOnce ? args.n_heads - first : kHeadsAtOnce;
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t h = first + i;
      score_rows<Arch>(args, args.query + h * head_dim, h / group * head_dim, scale, scores[i]);
    }
    for (std::size_t i = 0; i < n; ++i) softmax_scores<Arch>(scores[i], args.n_rows);
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t h = first + i;
      weigh_values<Arch>(scores[i], args.values, args.n_rows, h / group * head_dim, head_dim, args.out + h * head_dim);
    }
  }
}

}  // namespace mgt::detail
