// Where in the recent past did the current context occur before? The places a spike would attend to.
#pragma once

#include <cstring>

#include "memory/match_model.hpp"
#include "memory/stream_memory.hpp"

namespace mgt::memory {

/// Fills the recurrence fields of `out` from the `window` bytes before position `next`.
inline void find_recurrences(const History& history, std::uint32_t next, std::uint32_t window,
                             MemoryPrediction& out) noexcept {
  constexpr std::uint32_t kConsidered = 24;  // of one context, the youngest are enough
  constexpr std::uint32_t kMaxLength = 32;
  out.n_recurrences = 0;
  if (next < 3 || window < 3) return;
  if (window > next - 1) window = next - 1;
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
    while (length < kMaxLength && length <= end && history.at(end - length) == history.at(next - 1 - length)) ++length;
    if (out.n_recurrences == kMaxRecurrences && out.recurrence_lengths[kMaxRecurrences - 1] >= length) continue;
    std::uint32_t at = out.n_recurrences < kMaxRecurrences ? out.n_recurrences++ : kMaxRecurrences - 1u;
    for (; at > 0 && out.recurrence_lengths[at - 1] < length; --at) {
      out.recurrence_lengths[at] = out.recurrence_lengths[at - 1];
      out.recurrence_offsets[at] = out.recurrence_offsets[at - 1];
    }
    out.recurrence_lengths[at] = static_cast<std::uint16_t>(length);
    out.recurrence_offsets[at] = static_cast<std::uint16_t>(next - 1 - end);
  }
}

}  // namespace mgt::memory
