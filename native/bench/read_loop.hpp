// Reading on the widest registers there are: as fast as a product over that many weights could ever be. To be compiled
// with -O3, which makes one register of each run of sums.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "multiversion.hpp"

namespace mgt::bench {

/// Sums in flight: four registers of 64 bytes, eight of 32.
inline constexpr std::size_t kReadLanes = 32;
using ReadSums = std::array<std::uint64_t, kReadLanes>;

/// Adds up words[i], words[i + kReadLanes], ... for each i: nothing but loads and as many adds. By plain integers, not
/// vectors of 64 bytes: GCC takes those apart into single words wherever a copy for older CPUs is made beside.
///
/// Not to be inlined: a caller that looks at one sum would have the others left out.
///
/// words  [n_words], a multiple of kReadLanes
[[gnu::noinline]] MGT_WIDEST inline ReadSums read_all(const std::uint64_t* words, std::size_t n_words) {
  ReadSums sums{};
  for (std::size_t first = 0; first < n_words; first += kReadLanes) {
    for (std::size_t lane = 0; lane < kReadLanes; ++lane) sums[lane] += words[first + lane];
  }
  return sums;
}

}  // namespace mgt::bench
