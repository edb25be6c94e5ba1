// Which signal tells that the kind of stream has changed: spliced streams, scored by how long ago the splice was.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "eval/exit_study.hpp"
#include "eval/switch_signals.hpp"

namespace mgt::cli {

inline constexpr std::size_t kBeforeSplice = 500;  ///< bytes of the first kind
inline constexpr std::size_t kAfterSplice = 56;
/// Bytes after the splice, [first, end); the last one is all of them.
inline constexpr std::array<std::array<std::size_t, 2>, 4> kSpans{{{0, 8}, {8, 24}, {24, 56}, {0, 56}}};
inline constexpr double kFalseAlarms = 2e-3;  ///< per byte before the splice

struct SwitchRow {
  std::string signal;
  std::array<double, kSpans.size()> area{};  ///< AUC against the bytes from the 150th on before the splice
  double found = 0;                          ///< share of splices seen within 56 bytes at kFalseAlarms
  double median_delay = 0;                   ///< bytes, of those found; NaN where none was
};

/// `count` times pieces of two different kinds, one behind the other; evenly over kinds. The same seed gives the same
/// splices. Errors: bad input, where fewer than two kinds have a stream of kBeforeSplice bytes.
std::vector<std::vector<std::uint8_t>> splice(std::span<const StudyStream> streams, std::size_t count,
                                              std::uint32_t seed);

/// The combinations of signals fitted once, to be scored on any splices beside the signals they are made of.
class SwitchStudy {
 public:
  /// Each entry: one spliced stream.
  explicit SwitchStudy(std::span<const SwitchSignals> fit);
  ~SwitchStudy();

  /// A row for every signal and every combination.
  std::vector<SwitchRow> operator()(std::span<const SwitchSignals> test) const;

 private:
  struct Combination;
  std::vector<Combination> combinations_;
};

}  // namespace mgt::cli
