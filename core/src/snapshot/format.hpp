// The byte format of a session's snapshot: little endian, field after field, no padding.
//
//   magic, version, size of the whole, hash of the model, the options it is bound to, then what each part of the
//   session writes for itself in the order of session/snapshot.cpp, then XXH64 of all bytes before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

namespace mgt::snapshot {

inline constexpr char kMagic[8] = {'m', 'g', 't', 's', 'n', 'a', 'p', '\n'};
/// Raised with every change of what is written, of its order, or of the size of a table that stands behind it.
inline constexpr std::uint32_t kVersion = 11;
inline constexpr std::size_t kChecksumBytes = sizeof(std::uint64_t);
inline constexpr std::size_t kPreambleBytes = sizeof kMagic + sizeof kVersion + sizeof(std::uint64_t);

/// What a field may hold. The default is anything but, for floats, NaN and the infinities.
template <class T>
struct Range {
  T least = std::numeric_limits<T>::lowest();
  T most = std::numeric_limits<T>::max();

  bool operator==(const Range&) const = default;
};

/// Hidden states, keys and values. Far beyond what a trained model computes, and small enough that no arithmetic on
/// them overflows: a NaN from an infinite sum could become an index.
inline constexpr Range<float> kStates{-0x1p30f, 0x1p30f};
/// Learnt weights. Steps of less than 1 cannot carry a float32 beyond 2^24.
inline constexpr Range<float> kWeights{-0x1p26f, 0x1p26f};
/// Log-odds of probabilities that are kept away from 0 and 1.
inline constexpr Range<float> kLogOdds{-32.0f, 32.0f};
inline constexpr Range<float> kProbabilities{0.0f, 1.0f};
/// Positions and counts of steps: sums and differences of a few of them do not wrap.
inline constexpr Range<std::uint64_t> kPositions{0, std::uint64_t{1} << 62};

/// Tables that are mostly zero are written as runs: the number of blocks of zeros, the number of blocks that follow
/// them as they are, those blocks, and again until the table is full.
inline constexpr std::size_t kBlockBytes = 16;

}  // namespace mgt::snapshot
