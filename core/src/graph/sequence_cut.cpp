#include "graph/sequence_cut.hpp"

#include <bit>
#include <cstring>

#include "multiversion.hpp"

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

// Running sums four at a time: one after another they are two chains of 48 additions.
using Four [[gnu::vector_size(16)]] = std::uint32_t;

Four all(std::uint32_t x) noexcept {
  return Four{x, x, x, x};
}
Four four_at(const std::uint32_t* from) noexcept {
  Four x;
  std::memcpy(&x, from, sizeof x);
  return x;
}
void put(std::uint32_t* to, Four x) noexcept {
  std::memcpy(to, &x, sizeof x);
}
/// x0, x0 + x1, x0 + x1 + x2, all of them.
Four running_sums(Four x) noexcept {
  x += __builtin_shufflevector(Four{}, x, 0, 4, 5, 6);
  return x + __builtin_shufflevector(Four{}, x, 0, 1, 4, 5);
}

std::uint32_t lambda_of(std::int64_t z_q20) noexcept {
  const std::int64_t shifted =
      ((z_q20 + (std::int64_t{1} << (kFraction - 1))) >> kFraction) + std::int64_t{kNeutralLambda};
  return static_cast<std::uint32_t>(shifted < 0 ? 0 : shifted > 65535 ? 65535 : shifted);
}

}  // namespace

void SequenceCut::reset(const CutOptions& options) noexcept {
  *this = SequenceCut{};
  front_ = kRoom - kRow;
  for (std::size_t k = 0; k < detail::kCutLengths; ++k) {
    const double sd = options.statistics.sd[k];
    const double scale = 4096.0 * (1 << kFraction) / (sd > 1e-3 ? sd : 1e-3);
    scale_q20_[k] = static_cast<std::int64_t>(scale + 0.5);
    full_scale_q20_[k] = static_cast<std::int64_t>(scale / (kCutYoung[k] * (kCutWindow - kCutYoung[k])) + 0.5);
    offset_q20_[k] = static_cast<std::int64_t>(scale * options.statistics.mean[k]);
  }
  open_q8_ = options.open_q8;
  close_q8_ = options.close_q8;
  std::int64_t least = INT64_MAX;
  for (const std::int64_t offset : offset_q20_) least = -offset < least ? -offset : least;
  empty_lambda_ = lambda_of(least);
}

MGT_MULTIVERSION const CutReading& SequenceCut::push(const StepLinks& links, bool linkable) noexcept {
  // Weight and number of links travel in one integer: sums and differences of the pairs are exact.
  const auto packed = [](std::int16_t weight) {
    return static_cast<std::uint32_t>(weight) + (static_cast<std::uint32_t>(weight != 0) << kEdgeShift);
  };
  // What the arriving position brings across the boundary behind each n: its links to ages >= n.
  std::uint32_t arriving[kMaxYoung];
  for (std::uint32_t a = 0; a < kMaxYoung; ++a) arriving[a] = packed(links.arriving[a]);
  std::int16_t weight_of_old = 0, number_of_old = 0;
  for (std::uint32_t a = kMaxYoung; a < kCutWindow; ++a) {
    weight_of_old = static_cast<std::int16_t>(weight_of_old + links.arriving[a]);
    number_of_old = static_cast<std::int16_t>(number_of_old + (links.arriving[a] != 0));
  }
  std::uint32_t brings =
      static_cast<std::uint32_t>(weight_of_old) + (static_cast<std::uint32_t>(number_of_old) << kEdgeShift);
  for (const std::uint32_t link : arriving) brings += link;
  // What the young positions of each n lose: their links to the position that leaves.
  std::uint32_t leaving[kMaxYoung];
  for (std::uint32_t a = 0; a < kMaxYoung; ++a) leaving[a] = packed(links.leaving[a]);

  grow_older();
  std::uint32_t brings_weight[kRow];
  Four left = all(brings), lost{};
  for (std::uint32_t n = 1; n <= kMaxYoung; n += 4) {
    const Four beyond = left - running_sums(four_at(arriving + n - 1));
    lost = lost + running_sums(four_at(leaving + n - 1));
    put(crossing_ + front_ + n, four_at(crossing_ + front_ + n) + (beyond - lost));
    put(brought_ + front_ + n, four_at(brought_ + front_ + n) + (beyond & kWeightMask));
    put(brings_weight + n, beyond & kWeightMask);
    left = all(beyond[3]);
    lost = all(lost[3]);
  }
  std::int16_t weight[kRow];
  for (std::uint32_t n = 1; n <= kMaxYoung; ++n) weight[n] = static_cast<std::int16_t>(brings_weight[n]);
  for (auto& whole : heaviest_) {  // sorted insertion, one lane per n
    std::int16_t* __restrict row = whole + front_;
    for (std::uint32_t n = 1; n <= kMaxYoung; ++n) {
      const std::int16_t before = row[n];
      row[n] = before > weight[n] ? before : weight[n];
      weight[n] = before > weight[n] ? weight[n] : before;
    }
  }
  push_bit(linkable_, linkable);
  read();
  return reading_;
}

const CutReading& SequenceCut::push_unlinked() noexcept {
  grow_older();
  push_bit(linkable_, false);
  read();
  return reading_;
}

void SequenceCut::grow_older() noexcept {
  if (front_ == 0) {
    front_ = kRoom - kRow;
    std::memcpy(crossing_ + front_, crossing_, kRow * sizeof crossing_[0]);
    std::memcpy(brought_ + front_, brought_, kRow * sizeof brought_[0]);
    for (auto& row : heaviest_) std::memcpy(row + front_, row, kRow * sizeof row[0]);
  }
  --front_;
  crossing_[front_] = 0;
  brought_[front_] = 0;
  for (auto& row : heaviest_) row[front_] = 0;
  push_bit(boundaries_, false);
}

MGT_MULTIVERSION void SequenceCut::read() noexcept {
  const std::uint32_t total = count(linkable_);
  std::int64_t least = INT64_MAX;
  std::uint32_t at = 0;
  // Half of the window must be there to be compared with the statistics of full windows.
  const std::size_t n_cuts = total < kCutWindow / 2 ? 0 : detail::kCutLengths;
  for (std::size_t k = 0; k < n_cuts; ++k) {
    const std::uint32_t n = kCutYoung[k];
    std::int64_t scaled;
    if (total == kCutWindow) {
      scaled = full_scale_q20_[k] * std::int64_t{capacity(n)};
    } else {
      const auto young = static_cast<std::uint32_t>(std::popcount(linkable_[0] & ((std::uint64_t{1} << n) - 1)));
      if (young == 0) continue;
      scaled = scale_q20_[k] * std::int64_t{capacity(n)} / (young * (total - young));
    }
    const std::int64_t z = scaled - offset_q20_[k];
    if (z < least) least = z, at = n;
  }
  CutReading& r = reading_;
  r.coverage_q15 = static_cast<std::uint16_t>(total * 32767 / kCutWindow);
  r.young = at;
  r.capacity = capacity(at);
  r.boundary_edges = edges(at);
  if (at == 0) {
    r.lambda = kNeutralLambda;
  } else {
    r.lambda = lambda_of(least);
  }
  const std::int32_t brought = static_cast<std::int32_t>(brought_[front_ + at]);
  std::int32_t carried = 0;
  for (std::uint16_t i = 0; i < 4 && brought > 0; ++i) {
    carried += heaviest_[i][front_ + at];
  }
  r.boundary_concentration_q15 = static_cast<std::uint16_t>(brought > 0 ? std::int64_t{carried} * 32767 / brought : 0);

  if (at != 0) watch_boundary();
  r.partition_count = static_cast<std::uint16_t>(count(boundaries_));
}

void SequenceCut::watch_boundary() noexcept {
  const std::uint32_t lambda = reading_.lambda;
  const std::uint32_t height = lambda > empty_lambda_ ? lambda - empty_lambda_ : 0;
  const std::uint32_t height_q8 = height << 8;
  if (known_ < 256) ++known_;
  if (known_ > kCutWindow / 2) {  // before, there is no level to fall from
    const auto below = [&](std::uint32_t share_q8) { return height_q8 < (level_q8_ >> 8) * share_q8; };
    if (!open_ && below(open_q8_)) {
      open_ = 1;
      boundaries_[0] |= std::uint64_t{1} << reading_.young;
    } else if (open_ && !below(close_q8_)) {
      open_ = 0;
    }
  }
  // A plain mean at first, then an exponential one.
  const std::int64_t gap = std::int64_t{height_q8} - level_q8_;
  level_q8_ = static_cast<std::uint32_t>(level_q8_ + gap / known_);
}

}  // namespace mgt::graph
