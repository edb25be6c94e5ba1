#include "eval/attention_graph.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <new>
#include <numeric>

#include "decode/layer_runner.hpp"
#include "model/data.hpp"
#include "storage.hpp"

namespace mgt::cli {
namespace {

/// <R(offset) q, k>: the kernels' relative rotation (kernels/attention.hpp), for one head.
double rotated_dot(std::span<const float> q, std::span<const float> k, const float* cosine, const float* sine) {
  const std::size_t half = q.size() / 2;
  double sum = 0;
  for (std::size_t p = 0; p < half; ++p) {
    const double along = double{q[p]} * double{k[p]} + double{q[p + half]} * double{k[p + half]};
    const double across = double{q[p]} * double{k[p + half]} - double{q[p + half]} * double{k[p]};
    sum += double{cosine[p]} * along + double{sine[p]} * across;
  }
  return sum;
}

}  // namespace

double global_min_cut(std::span<double> weights, std::size_t n) {
  double least = INFINITY;
  std::vector<std::size_t> nodes(n);
  std::iota(nodes.begin(), nodes.end(), 0);
  while (nodes.size() > 1) {
    // The node most tightly bound to those before it, again and again: the last one's links are a cut.
    std::vector<double> bound(nodes.size(), 0.0);
    for (std::size_t placed = 0; placed < nodes.size(); ++placed) {
      const auto next = std::max_element(bound.begin() + placed, bound.end()) - bound.begin();
      std::swap(nodes[placed], nodes[next]);
      std::swap(bound[placed], bound[next]);
      for (std::size_t i = placed + 1; i < nodes.size(); ++i) bound[i] += weights[nodes[placed] * n + nodes[i]];
    }
    least = std::min(least, bound.back());
    const std::size_t last = nodes.back();
    nodes.pop_back();
    const std::size_t into = nodes.back();
    for (const std::size_t node : nodes) {
      weights[into * n + node] += weights[last * n + node];
      weights[node * n + into] = weights[into * n + node];
    }
  }
  return least;
}

AttentionGraph::AttentionGraph(const Model& model) : model_(model) {
  const ModelConfig& c = model.config();
  const std::size_t scratch_bytes = decode::LayerRunner::plan_bytes(c);
  const Block scratch = allocate_block(scratch_bytes);
  if (!scratch) throw std::bad_alloc();
  decode::LayerRunner runner(model.data(), {scratch.get(), scratch_bytes});
  projected_.resize(decode::LayerRunner::byte_table_floats(c));
  runner.use_tables(projected_.data(), nullptr);
  for (std::size_t byte = 0; byte < kVocabSize; ++byte) runner.learn(static_cast<std::uint8_t>(byte));
}

std::vector<float> AttentionGraph::row(std::span<const std::uint8_t> bytes) const {
  const ModelConfig& c = model_.config();
  const std::size_t n = std::min<std::size_t>(bytes.size(), c.window);
  const auto projected = [&](std::size_t back) {
    return std::span(projected_).subspan(bytes[bytes.size() - 1 - back] * std::size_t{c.qkv_width()}, c.qkv_width());
  };
  std::vector<float> row(n, 0.0f);
  for (std::size_t head = 0; head < c.n_heads; ++head) {
    const auto query = projected(0).subspan(head * c.head_dim, c.head_dim);
    const std::size_t key = c.hidden + head / (c.n_heads / c.n_kv_heads) * c.head_dim;
    std::vector<double> weights;
    for (std::size_t back = 0; back < n; ++back) {
      const std::size_t turn = back * c.head_dim / 2;
      const double score = rotated_dot(query, projected(back).subspan(key, c.head_dim), model_.data().rope_cos + turn,
                                       model_.data().rope_sin + turn);
      weights.push_back(score / std::sqrt(static_cast<double>(c.head_dim)));
    }
    const double highest = *std::max_element(weights.begin(), weights.end());
    for (double& w : weights) w = std::exp(w - highest);
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    for (std::size_t back = 0; back < n; ++back) row[back] += static_cast<float>(weights[back] / sum / c.n_heads);
  }
  return row;
}

std::vector<float> AttentionGraph::lambdas(std::span<const std::uint8_t> bytes) const {
  std::array<std::vector<float>, kNodes> rows;  // of the position p at p % kNodes
  std::vector<float> lambdas;
  std::vector<double> weights(kNodes * kNodes);
  for (std::size_t t = 0; t < bytes.size(); ++t) {
    rows[t % kNodes] = row(bytes.first(t + 1));
    const std::size_t n = std::min(t + 1, kNodes);
    std::fill(weights.begin(), weights.end(), 0.0);
    for (std::size_t age = 0; age < n; ++age) {
      const std::vector<float>& of = rows[(t - age) % kNodes];
      for (std::size_t back = 1; back < of.size() && age + back < n; ++back) {
        weights[age * n + age + back] = weights[(age + back) * n + age] = double{of[back]};
      }
    }
    lambdas.push_back(n < 2 ? 0.0f : static_cast<float>(global_min_cut(std::span(weights).first(n * n), n)));
  }
  return lambdas;
}

}  // namespace mgt::cli
