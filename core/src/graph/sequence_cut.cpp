#include "graph/sequence_cut.hpp"

#include <bit>
#include <cstring>

namespace mgt::graph {
namespace {

constexpr std::uint32_t kFraction = 20;  // binary digits below lambda's unit in the prepared constants

// Ages 0..111 as two words, youngest lowest.
void push_bit(std::uint64_t (&bits)[2], bool bit) noexcept {
  bits[1] = ((bits[1] << 1) | (bits[0] >> 63)) & ((std::uint64_t{1} << (kCutWindow - 64)) - 1);
  bits[0] = bits[0] << 1 | static_cast<std::uint64_t>(bit);
}

std::uint32_t count(const std::uint64_t (&bits)[2]) noexcept {
  return static_cast<std::uint32_t>(std::popcount(bits[0]) + std::popcount(bits[1]));
}

}  // namespace

void SequenceCut::reset(const CutOptions& options) noexcept {
  *this = SequenceCut{};
  for (std::size_t k = 0; k < detail::kCutLengths; ++k) {
    const double sd = options.statistics.sd[k];
    const double scale = 4096.0 * (1 << kFraction) / (sd > 1e-3 ? sd : 1e-3);
    scale_q20_[k] = static_cast<std::int64_t>(scale + 0.5);
    offset_q20_[k] = static_cast<std::int64_t>(scale * options.statistics.mean[k]);
  }
  open_below_ = options.open_below;
  close_above_ = options.close_above;
}

const CutReading& SequenceCut::push(const StepLinks& links, bool linkable) noexcept {
  // What the arriving position brings across the boundary behind each n: its links to ages >= n.
  std::int32_t brings = 0, brings_edges = 0;
  for (std::uint32_t a = kMaxYoung; a < kCutWindow; ++a) {
    brings += links.arriving[a];
    brings_edges += links.arriving[a] != 0;
  }
  std::int32_t beyond[kMaxYoung + 1], beyond_edges[kMaxYoung + 1];
  for (std::uint32_t n = kMaxYoung; n > 0; --n) {
    beyond[n] = brings;
    beyond_edges[n] = brings_edges;
    brings += links.arriving[n - 1];
    brings_edges += links.arriving[n - 1] != 0;
  }
  // What the young positions of each n lose: their links to the position that leaves.
  std::int32_t lost[kMaxYoung + 1], lost_edges[kMaxYoung + 1];
  lost[0] = lost_edges[0] = 0;
  for (std::uint32_t n = 1; n <= kMaxYoung; ++n) {
    lost[n] = lost[n - 1] + links.leaving[n - 1];
    lost_edges[n] = lost_edges[n - 1] + (links.leaving[n - 1] != 0);
  }

  std::memmove(capacity_ + 1, capacity_, sizeof(capacity_) - sizeof(capacity_[0]));
  std::memmove(edges_ + 1, edges_, sizeof(edges_) - sizeof(edges_[0]));
  std::memmove(brought_ + 1, brought_, sizeof(brought_) - sizeof(brought_[0]));
  for (auto& row : heaviest_) std::memmove(row + 1, row, sizeof(row) - sizeof(row[0]));
  for (std::uint32_t n = 1; n <= kMaxYoung; ++n) {
    capacity_[n] += beyond[n] - lost[n];
    edges_[n] += beyond_edges[n] - lost_edges[n];
    brought_[n] += beyond[n];
  }
  for (std::uint32_t n = 1; n <= kMaxYoung; ++n) {
    std::int16_t value = static_cast<std::int16_t>(beyond[n]);
    for (auto& row : heaviest_) {  // sorted insertion, one lane per n
      const std::int16_t kept = row[n] > value ? row[n] : value;
      value = row[n] > value ? value : row[n];
      row[n] = kept;
    }
  }
  push_bit(linkable_, linkable);
  push_bit(boundaries_, false);
  read();
  return reading_;
}

void SequenceCut::read() noexcept {
  const std::uint32_t total = count(linkable_);
  std::int64_t least = INT64_MAX;
  std::uint32_t at = 0;
  for (std::size_t k = 0; k < detail::kCutLengths; ++k) {
    const std::uint32_t n = kCutYoung[k];
    const auto young =
        static_cast<std::uint32_t>(std::popcount(linkable_[0] & ((std::uint64_t{1} << n) - 1)));
    const std::uint32_t pairs = young * (total - young);
    // Half of the window must be there to be compared with the statistics of full windows.
    if (young == 0 || total < kCutWindow / 2) continue;
    const std::int64_t z =
        scale_q20_[k] * static_cast<std::int64_t>(capacity_[n]) / static_cast<std::int64_t>(pairs) - offset_q20_[k];
    if (z < least) least = z, at = n;
  }
  CutReading& r = reading_;
  r.coverage_q15 = static_cast<std::uint16_t>(total * 32767 / kCutWindow);
  r.young = at;
  r.capacity = static_cast<std::uint32_t>(capacity_[at]);
  r.boundary_edges = static_cast<std::uint32_t>(edges_[at]);
  if (at == 0) {
    r.lambda = kNeutralLambda;
  } else {
    const std::int64_t shifted =
        ((least + (std::int64_t{1} << (kFraction - 1))) >> kFraction) + std::int64_t{kNeutralLambda};
    r.lambda = static_cast<std::uint32_t>(shifted < 0 ? 0 : shifted > 65535 ? 65535 : shifted);
  }
  const std::int32_t brought = brought_[at];
  std::int32_t carried = 0;
  r.boundary_carriers = brought > 0 ? 5 : 0;
  for (std::uint16_t i = 0; i < 4 && brought > 0; ++i) {
    carried += heaviest_[i][at];
    if (r.boundary_carriers == 5 && 2 * carried >= brought) r.boundary_carriers = static_cast<std::uint16_t>(i + 1);
  }
  r.boundary_concentration_q15 =
      static_cast<std::uint16_t>(brought > 0 ? std::int64_t{carried} * 32767 / brought : 0);

  if (at != 0 && !open_ && r.lambda < open_below_) {
    open_ = 1;
    boundaries_[0] |= std::uint64_t{1} << at;
  } else if (open_ && (at == 0 || r.lambda > close_above_)) {
    open_ = 0;
  }
  r.partition_count = static_cast<std::uint16_t>(count(boundaries_));
}

}  // namespace mgt::graph
