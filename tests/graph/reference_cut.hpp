// The sequence cut written down naively: every capacity recomputed from all pairs of the window.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "graph/sequence_cut.hpp"

namespace mgt::test {

/// weight(i, j) of two positions of the stream, i > j, whatever the source; linkable(i) tells whether i has links.
template <class Weight, class Linkable>
class ReferenceCut {
 public:
  ReferenceCut(Weight weight, Linkable linkable) : weight_(weight), linkable_(linkable) {}

  std::int64_t link(std::int64_t i, std::int64_t j) const {
    const std::int64_t d = i - j;
    if (j < 0 || d < graph::kMinDistance || d >= graph::kCutWindow) return 0;
    return linkable_(i) && linkable_(j) ? weight_(i, j) : 0;
  }

  /// {C_t(n), links} between the n youngest positions and the rest of the window that ends at t.
  std::pair<std::int64_t, std::int64_t> capacity(std::int64_t t, std::int64_t n) const {
    std::int64_t sum = 0, edges = 0;
    for (std::int64_t i = t - n + 1; i <= t; ++i) {
      for (std::int64_t j = t - graph::kCutWindow + 1; j <= t - n; ++j) {
        const std::int64_t w = link(i, j);
        sum += w;
        edges += w != 0;
      }
    }
    return {sum, edges};
  }

  /// What each young position brought across the boundary behind t - n when it arrived, descending.
  std::vector<std::int64_t> brought(std::int64_t t, std::int64_t n) const {
    std::vector<std::int64_t> shares;
    for (std::int64_t i = t - n + 1; i <= t; ++i) {
      std::int64_t sum = 0;
      for (std::int64_t j = i - graph::kCutWindow + 1; j <= t - n; ++j) sum += link(i, j);
      shares.push_back(sum);
    }
    std::sort(shares.rbegin(), shares.rend());
    return shares;
  }

  /// {z, n} of the minimising cut in double precision; n = 0 where fewer than half of the positions are linkable.
  std::pair<double, std::uint32_t> minimum(std::int64_t t, const detail::CutStatistics& statistics) const {
    const auto linkable_in = [&](std::int64_t first, std::int64_t last) {
      std::int64_t n = 0;
      for (std::int64_t i = std::max<std::int64_t>(first, 0); i <= last; ++i) n += linkable_(i);
      return n;
    };
    const std::int64_t total = linkable_in(t - graph::kCutWindow + 1, t);
    double least = 1e9;
    std::uint32_t at = 0;
    for (std::size_t k = 0; k < graph::kCutYoung.size(); ++k) {
      const std::int64_t n = graph::kCutYoung[k];
      const std::int64_t young = linkable_in(t - n + 1, t);
      if (young == 0 || total < graph::kCutWindow / 2) continue;
      const double share = static_cast<double>(capacity(t, n).first) / static_cast<double>(young * (total - young));
      const double z = (share - statistics.mean[k]) / statistics.sd[k];
      if (z < least) least = z, at = graph::kCutYoung[k];
    }
    return {least, at};
  }

 private:
  Weight weight_;
  Linkable linkable_;
};

}  // namespace mgt::test
