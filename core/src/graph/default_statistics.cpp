// Fallback statistics, measured over logs, telemetry, Python, C and manual pages; a model's file brings its own.
#include "graph/sequence_cut.hpp"

namespace mgt::graph {

detail::CutStatistics default_bigram_statistics() noexcept {
  return {{0.02368f, 0.02381f, 0.02394f, 0.02399f, 0.02398f, 0.02402f, 0.02413f, 0.02450f, 0.02487f, 0.02522f},
          {0.06409f, 0.06307f, 0.06217f, 0.06008f, 0.05802f, 0.05434f, 0.05130f, 0.04696f, 0.04446f, 0.04277f}};
}

detail::CutStatistics default_similarity_statistics(std::uint32_t bits) noexcept {
  detail::CutStatistics s{
      {1.36227f, 1.36968f, 1.37734f, 1.37974f, 1.38066f, 1.38841f, 1.40326f, 1.44460f, 1.48855f, 1.52551f},
      {2.50633f, 2.47039f, 2.44022f, 2.35060f, 2.25607f, 2.08969f, 1.95404f, 1.74827f, 1.61407f, 1.50593f}};
  const float scale = static_cast<float>(bits) / 256.0f;
  for (float& x : s.mean) x *= scale;
  for (float& x : s.sd) x *= scale;
  return s;
}

}  // namespace mgt::graph
