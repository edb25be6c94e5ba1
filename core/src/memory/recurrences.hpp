// Where in the recent past did the current context occur before? The places a spike would attend to.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "memory/match_model.hpp"

namespace mgt::memory {

/// Occurrences of the bytes that now end the stream: longest first, then youngest.
struct Recurrences {
  static constexpr std::uint32_t kMost = 16;
  static constexpr std::uint32_t kMostLength = 32;

  std::uint32_t size = 0;
  std::uint16_t offsets[kMost];  ///< the stream goes through again what stood this many bytes back
  std::uint16_t lengths[kMost];  ///< bytes in common, 2 to kMostLength
};

/// Those that end in the last 112 bytes before position `next`.
inline Recurrences find_recurrences(const History& history, std::uint32_t next) noexcept {
  constexpr std::uint32_t kWindow = 112;
  constexpr std::uint32_t kConsidered = 24;  // of one context, the youngest are enough
  Recurrences out;
  if (next < 3) return out;
  const std::uint32_t window = std::min(kWindow, next - 1);
  // equal[k]: the two bytes that end at position first + k are the stream's last two.
  const std::uint32_t first = next - window;
  const std::uint8_t* bytes = history.bytes + ((first - 1) & history.mask);
  const std::uint8_t last = history.at(next - 1), before = history.at(next - 2);
  alignas(16) std::uint8_t equal[128] = {};
  const std::size_t n = window - 1;
  for (std::size_t k = 0; k < n; ++k) {
    equal[k] = static_cast<std::uint8_t>((bytes[k + 1] == last) & (bytes[k] == before));
  }
  std::uint32_t considered = 0;
  for (std::uint32_t k = (window + 6) / 8 * 8; k-- > 0 && considered < kConsidered;) {
    if (k % 8 == 7) {  // mostly nothing is equal in the next eight
      std::uint64_t eight;
      std::memcpy(&eight, equal + k - 7, sizeof eight);
      if (eight == 0) k -= 7;
    }
    if (!equal[k]) continue;
    ++considered;
    const std::uint32_t end = first + k;  // position of the context's last byte
    std::uint32_t length = 2;
    while (length < Recurrences::kMostLength && length <= end &&
           history.at(end - length) == history.at(next - 1 - length)) {
      ++length;
    }
    if (out.size == Recurrences::kMost && out.lengths[Recurrences::kMost - 1] >= length) continue;
    std::uint32_t at = out.size < Recurrences::kMost ? out.size++ : Recurrences::kMost - 1u;
    for (; at > 0 && out.lengths[at - 1] < length; --at) {
      out.lengths[at] = out.lengths[at - 1];
      out.offsets[at] = out.offsets[at - 1];
    }
    out.lengths[at] = static_cast<std::uint16_t>(length);
    out.offsets[at] = static_cast<std::uint16_t>(next - 1 - end);
  }
  return out;
}

}  // namespace mgt::memory
