// The minimum cut of the raw attention graph, the gate signal of the design this project began with, for comparison
// with the cuts that sessions compute. It tells nothing that was asked of it (docs/decisions/coherence.md), so no
// session offers it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mgt/model.hpp"

namespace mgt::cli {

/// Capacity of the global minimum cut of an undirected graph. Cost: n^3 / 3 steps.
/// Method: Stoer and Wagner, "A simple min-cut algorithm", J. ACM 44 (1997).
///
/// weights  [n x n], symmetric, >= 0; the diagonal does not count. n >= 2. Overwritten.
double global_min_cut(std::span<double> weights, std::size_t n);

/// Positions are nodes; an edge has the weight with which the younger one attends to the older one in the first layer,
/// the mean of all heads. That layer's queries and keys depend on the bytes alone.
class AttentionGraph {
 public:
  static constexpr std::size_t kNodes = 32;  ///< youngest positions

  explicit AttentionGraph(const Model& model);

  /// Attention of the newest byte of `bytes` (not empty): [i] for the byte i positions back, 0 at first, as far as the
  /// model's window reaches; sum 1 to 1e-5.
  std::vector<float> row(std::span<const std::uint8_t> bytes) const;
  /// The graph's minimum cut at every byte, 0 where there is but one node. Cost: some 40 us a byte.
  std::vector<float> lambdas(std::span<const std::uint8_t> bytes) const;

 private:
  Model model_;
  std::vector<float> projected_;  ///< [256 x qkv width] of every byte in the first layer
};

}  // namespace mgt::cli
