// The transformer written as plainly as possible in double precision over float weights: the oracle of all others.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "mgt/model.hpp"

namespace mgt::test {

/// Row-major float tensors by their GGUF names.
using Weights = std::map<std::string, std::vector<float>>;

using Vector = std::vector<double>;

inline Vector reference_rms(const Vector& x, const std::vector<float>& weight, double eps) {
  double sum = 0;
  for (const double v : x) sum += v * v;
  const double r = 1.0 / std::sqrt(sum / static_cast<double>(x.size()) + eps);
  Vector out(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) out[i] = x[i] * r * weight[i];
  return out;
}

inline Vector reference_matvec(const std::vector<float>& matrix, const Vector& x) {
  Vector out(matrix.size() / x.size());
  for (std::size_t r = 0; r < out.size(); ++r) {
    for (std::size_t c = 0; c < x.size(); ++c) out[r] += matrix[r * x.size() + c] * x[c];
  }
  return out;
}

/// Rotates the pairs (i, i + head_dim/2) of every head by position * theta^(-2i/head_dim).
inline Vector reference_rotate(const Vector& x, std::uint32_t head_dim, double theta, std::size_t position) {
  Vector out(x.size());
  const std::size_t half = head_dim / 2;
  for (std::size_t h = 0; h < x.size(); h += head_dim) {
    for (std::size_t i = 0; i < half; ++i) {
      const double angle = static_cast<double>(position) * std::pow(theta, -2.0 * static_cast<double>(i) / head_dim);
      out[h + i] = x[h + i] * std::cos(angle) - x[h + i + half] * std::sin(angle);
      out[h + i + half] = x[h + i] * std::sin(angle) + x[h + i + half] * std::cos(angle);
    }
  }
  return out;
}

/// Attention of position `i` over rotated keys and values of positions max(0, i - window + 1) .. i.
inline Vector reference_attention(const ModelConfig& c, const Vector& query, const std::vector<Vector>& keys,
                                  const std::vector<Vector>& values, std::size_t i, std::uint32_t window) {
  const std::size_t first = i + 1 > window ? i + 1 - window : 0;
  Vector out(c.hidden);
  for (std::uint32_t h = 0; h < c.n_heads; ++h) {
    const std::size_t kv = std::size_t{h / (c.n_heads / c.n_kv_heads)} * c.head_dim;
    Vector weight;
    double sum = 0;
    for (std::size_t j = first; j <= i; ++j) {
      double dot = 0;
      for (std::size_t d = 0; d < c.head_dim; ++d) dot += query[h * c.head_dim + d] * keys[j][kv + d];
      weight.push_back(std::exp(dot / std::sqrt(static_cast<double>(c.head_dim))));
      sum += weight.back();
    }
    for (std::size_t j = first; j <= i; ++j) {
      for (std::size_t d = 0; d < c.head_dim; ++d) {
        out[h * c.head_dim + d] += weight[j - first] / sum * values[j][kv + d];
      }
    }
  }
  return out;
}

/// Logits of every exit at every position: result[(exit * n_tokens + position) * 256 + symbol].
inline std::vector<float> reference_logits(const ModelConfig& c, const Weights& w, std::span<const std::uint8_t> tokens,
                                           std::uint32_t window) {
  const std::size_t n = tokens.size();
  std::vector<Vector> x(n);
  for (std::size_t i = 0; i < n; ++i) {
    const auto row = w.at("token_embd.weight").begin() + std::ptrdiff_t{tokens[i]} * c.hidden;
    x[i].assign(row, row + c.hidden);
  }
  std::vector<float> logits;
  for (std::uint32_t layer = 0; layer < c.n_layers; ++layer) {
    const std::string blk = "blk." + std::to_string(layer) + ".";
    std::vector<Vector> queries(n), keys(n), values(n);
    for (std::size_t i = 0; i < n; ++i) {
      const Vector normed = reference_rms(x[i], w.at(blk + "attn_norm.weight"), c.rms_eps);
      queries[i] = reference_rotate(reference_matvec(w.at(blk + "attn_q.weight"), normed), c.head_dim, c.rope_theta, i);
      keys[i] = reference_rotate(reference_matvec(w.at(blk + "attn_k.weight"), normed), c.head_dim, c.rope_theta, i);
      values[i] = reference_matvec(w.at(blk + "attn_v.weight"), normed);
    }
    for (std::size_t i = 0; i < n; ++i) {
      const Vector mixed = reference_attention(c, queries[i], keys, values, i, window);
      const Vector attended = reference_matvec(w.at(blk + "attn_output.weight"), mixed);
      for (std::size_t d = 0; d < c.hidden; ++d) x[i][d] += attended[d];
      Vector up =
          reference_matvec(w.at(blk + "ffn_up.weight"), reference_rms(x[i], w.at(blk + "ffn_norm.weight"), c.rms_eps));
      for (double& v : up) v = std::max(v, 0.0);
      const Vector down = reference_matvec(w.at(blk + "ffn_down.weight"), up);
      for (std::size_t d = 0; d < c.hidden; ++d) x[i][d] += down[d];
      for (const double v :
           reference_matvec(w.at("output.weight"), reference_rms(x[i], w.at(blk + "exit_norm.weight"), c.rms_eps))) {
        logits.push_back(static_cast<float>(v));
      }
    }
  }
  return logits;
}

}  // namespace mgt::test
