// The minimum cut between the youngest positions of a stream and their past, kept incrementally, in integers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "mgt/gate.hpp"
#include "model/data.hpp"
#include "snapshot/fwd.hpp"

namespace mgt::graph {

inline constexpr std::uint32_t kCutWindow = 112;  ///< positions in the graph
inline constexpr std::uint32_t kMinDistance = 4;  ///< nearer positions are never linked
inline constexpr std::uint32_t kMaxYoung = 48;    ///< longest cut
inline constexpr std::array<std::uint32_t, detail::kCutLengths> kCutYoung = {2, 3, 4, 6, 8, 12, 16, 24, 32, 48};

/// Facts of the minimising cut after a step.
struct CutReading {
  std::uint32_t lambda = kNeutralLambda;  ///< clamp(round((z + 8) * 4096), 0, 65535); high = coherent
  std::uint32_t young = 0;                ///< the minimising n: positions on the young side; 0 = lambda is unknown
  std::uint32_t capacity = 0;             ///< weight of the links across that cut
  std::uint32_t boundary_edges = 0;       ///< number of links across it
  std::uint16_t boundary_concentration_q15 = 0;  ///< share of the weight that its 4 heaviest young positions brought
  std::uint16_t coverage_q15 = 0;                ///< share of the window's positions that can have links
  std::uint16_t partition_count = 0;             ///< boundaries of kind whose place is still inside the window
};

struct CutOptions {
  detail::CutStatistics statistics;  ///< of C_n / (n (112 - n)), weights in the source's integers
  /// Lambda's height is lambda minus what an empty cut would have. A boundary of kind opens where the height falls
  /// below open_q8 / 256 of its running level, and closes where it is above close_q8 / 256 of it again: statistics over
  /// all kinds of streams are too wide for one fixed level.
  std::uint32_t open_q8 = 64;
  std::uint32_t close_q8 = 128;
};

/// New links of one step. Position ages: 0 = the position that arrives, a = the one a steps older.
struct StepLinks {
  alignas(64) std::int16_t arriving[kCutWindow];  ///< [a]: weight between the arriving position and age a; 0 for a < 4
  alignas(64) std::int16_t leaving[kMaxYoung];    ///< [a]: weight between age a and the one that leaves (age 112)
};

/// Cut capacities C_t(n), n = 1..48, and what is read off them. Knows links, not where they come from.
///
/// C_t(n) = C_{t-1}(n-1) + links of the arriving position beyond its n youngest - links of them to the leaving one.
/// Where positions lack links by nature (skipped ones), C_n is compared per pair of positions that can have links;
/// lambda is unknown (and neutral) while fewer than half of the window's positions can.
/// A young position's share in the concentration counts the links it brought across the boundary when it arrived.
/// Trivially copyable; lives inside the storage of its owner.
class SequenceCut {
 public:
  void reset(const CutOptions& options) noexcept;

  /// linkable  whether the arriving position can have links at all
  const CutReading& push(const StepLinks& links, bool linkable) noexcept;

  /// The same for a position that cannot have links, where the one that leaves had none either.
  const CutReading& push_unlinked() noexcept;

  const CutReading& reading() const noexcept { return reading_; }

  /// What the next push() depends on; the options are the restoring object's own.
  void transfer(snapshot::Archive& archive) noexcept;

  /// C_t(n), n in 1..48.
  std::uint32_t capacity(std::uint32_t n) const noexcept { return crossing_[front_ + n] & kWeightMask; }
  /// Number of links behind C_t(n).
  std::uint32_t edges(std::uint32_t n) const noexcept { return crossing_[front_ + n] >> kEdgeShift; }

 private:
  void grow_older() noexcept;
  void read() noexcept;
  void watch_boundary() noexcept;

  static constexpr std::uint32_t kEdgeShift = 20;  // 48 * 64 links of at most 180 each: below 2^12 and 2^20
  static constexpr std::uint32_t kWeightMask = (1u << kEdgeShift) - 1;

  // What stands at n moves to n + 1 with every step: the rows stay where they are and their front moves down instead,
  // back to the end once per kRoom - 49 steps. At n = 0 all are 0.
  static constexpr std::uint32_t kRow = kMaxYoung + 1;
  static constexpr std::uint32_t kRoom = 6 * kRow;
  std::uint32_t front_;
  std::uint32_t crossing_[kRoom];                     ///< links across the boundary: weight | number << 20
  std::uint32_t brought_[kRoom];                      ///< sum over young positions of what they brought
  std::int16_t heaviest_[4][kRoom];                   ///< the 4 largest of these, descending
  std::int64_t scale_q20_[detail::kCutLengths];       ///< 4096 * 2^20 / sd
  std::int64_t full_scale_q20_[detail::kCutLengths];  ///< the same, divided by n (112 - n)
  std::int64_t offset_q20_[detail::kCutLengths];      ///< 4096 * 2^20 * mean / sd
  std::uint64_t linkable_[2];                         ///< bit a: the position of age a can have links
  std::uint64_t boundaries_[2];                       ///< bit a: a boundary of kind lies before age a
  std::uint32_t open_q8_, close_q8_;
  std::uint32_t empty_lambda_;  ///< lambda of a cut without any link
  std::uint32_t level_q8_;      ///< running mean of lambda - empty_lambda_ over about 256 steps
  std::uint32_t open_;
  std::uint32_t known_;  ///< steps with a known lambda so far, at most 256
  CutReading reading_;
};

/// Statistics for a source where the model's file has none.
detail::CutStatistics default_bigram_statistics() noexcept;
/// For signatures of `bits` bits.
detail::CutStatistics default_similarity_statistics(std::uint32_t bits) noexcept;

}  // namespace mgt::graph
