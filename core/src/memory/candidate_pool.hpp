// The bytes that some context or match expects, with a rough score, and where each stands in each context.
#pragma once

#include <cstring>

#include "memory/memory_state.hpp"

namespace mgt::memory {

struct CandidatePool {
  static constexpr std::uint32_t kCapacity = kContexts * kSlotBytes + kMatches;
  static constexpr float kPrior[kContexts] = {0.3f, 0.6f, 1.0f, 1.5f, 3.0f, 2.0f, 1.0f, 2.0f, 2.0f};

  std::uint32_t size = 0;
  std::uint32_t known = 0;         ///< contexts seen before
  std::uint32_t total[kContexts];  ///< counts of the bytes not yet decided
  std::uint32_t distinct[kContexts];
  std::uint8_t symbol[kCapacity];
  float score[kCapacity];  ///< negative once taken
  std::uint8_t count[kCapacity][kContexts];
  std::uint8_t recency[kCapacity][kContexts];  ///< 0 = the context's last byte, 1, 2 = older
  std::uint8_t place[256];

  CandidatePool() noexcept { std::memset(place, 0xFF, sizeof place); }

  std::uint32_t add(std::uint8_t byte) noexcept {
    if (place[byte] == 0xFF) {
      place[byte] = static_cast<std::uint8_t>(size);
      symbol[size] = byte;
      score[size] = 0;
      std::memset(count[size], 0, kContexts);
      ++size;
    }
    return place[byte];
  }

  void add_context(std::uint32_t k, const ContextSlot& slot) noexcept {
    std::uint32_t sum = 0, n = 0;
    while (n < kSlotBytes && slot.count[n] != 0) sum += slot.count[n++];
    total[k] = sum;
    distinct[k] = n;
    if (n == 0) return;
    ++known;
    const float scale = kPrior[k] / (static_cast<float>(sum) + 0.4f);
    for (std::uint32_t i = 0; i < n; ++i) {
      const std::uint32_t c = add(slot.symbol[i]);
      score[c] += scale * slot.count[i];
      count[c][k] = slot.count[i];
      recency[c][k] = static_cast<std::uint8_t>(i < 2 ? i : 2);
    }
  }

  /// Takes out the best of those left.
  std::uint32_t take() noexcept {
    std::uint32_t best = 0;
    for (std::uint32_t i = 1; i < size; ++i) best = score[i] > score[best] ? i : best;
    score[best] = -1;
    return best;
  }
};

}  // namespace mgt::memory
