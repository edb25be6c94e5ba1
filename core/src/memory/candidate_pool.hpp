// The bytes that some context or match expects, with a rough score, and where each stands in each context.
#pragma once

#include <algorithm>
#include <array>
#include <cstring>

#include "memory/memory_state.hpp"
#include "memory/vector_loops.hpp"

namespace mgt::memory {

/// Classes of counts from 1 on: 1, 2, 3, 4, 6, 10, 20, 64 and more.
inline constexpr auto kCountClass = [] {
  std::array<std::uint8_t, 256> classes{};
  for (std::uint32_t c = 0; c < 256; ++c) {
    classes[c] = static_cast<std::uint8_t>((c > 1) + (c > 2) + (c > 3) + (c > 5) + (c > 9) + (c > 19) + (c > 63));
  }
  return classes;
}();

/// A byte that some context or match expects.
struct Candidate {
  alignas(16) std::uint8_t count[kPaddedContexts];
  alignas(16) std::int16_t seen_as[kPaddedContexts];  ///< where counted: 8 classes of the count, 48 of recency
  float score;                                        ///< negative once decided
  std::uint8_t symbol;
};

struct CandidatePool {
  static constexpr std::uint32_t kCapacity = kContexts * kSlotBytes + kMatches;
  static constexpr std::uint32_t kTakers = 4;  ///< comparisons that take() makes side by side
  static constexpr float kPrior[kContexts] = {0.3f, 0.6f, 1.0f, 1.5f, 3.0f, 2.0f, 1.0f, 2.0f, 2.0f};

  std::uint32_t size = 0;
  std::uint32_t known = 0;                             ///< contexts seen before
  std::uint8_t known_context[kContexts];               ///< [known]: which
  alignas(16) std::int16_t total[kPaddedContexts];     ///< counts of the bytes not yet decided
  alignas(16) std::int16_t distinct[kPaddedContexts];  ///< 0: the context is new
  Candidate candidate[kCapacity + 1];
  std::uint8_t place[256];
  double rank[(kCapacity + kTakers) / kTakers * kTakers];  ///< keys of the scores; 0 once taken

  CandidatePool() noexcept {
    std::memset(place, 0xFF, sizeof place);
    std::memset(total, 0, sizeof total);
    std::memset(distinct, 0, sizeof distinct);
  }

  Candidate& add(std::uint8_t byte) noexcept {
    // Whether a byte is new is hard to guess: the entry behind the last one is made ready either way.
    candidate[size] = {.count = {}, .seen_as = {}, .score = 0, .symbol = byte};
    const std::uint32_t at = std::min<std::uint32_t>(place[byte], size);
    place[byte] = static_cast<std::uint8_t>(at);
    size += at == size;
    return candidate[at];
  }

  void add_context(std::uint32_t k, const ContextSlot& slot) noexcept {
    const std::uint64_t counts = slot.all_counts();  // how many there are is hard to guess
    const std::uint32_t n = ContextSlot::number_of(counts), sum = ContextSlot::sum_of(counts);
    total[k] = static_cast<std::int16_t>(sum);
    distinct[k] = static_cast<std::int16_t>(n);
    if (n == 0) return;
    known_context[known++] = static_cast<std::uint8_t>(k);
    const float scale = kPrior[k] / (static_cast<float>(sum) + 0.4f);
    for (std::uint32_t i = 0; i < n; ++i) {
      Candidate& c = add(slot.symbol[i]);
      c.score += scale * slot.count[i];
      c.count[k] = slot.count[i];
      c.seen_as[k] = static_cast<std::int16_t>(kCountClass[slot.count[i]] + 48 * (i < 2 ? i : 2));
    }
  }

  /// Once all are in, before the first take().
  void rank_all() noexcept {
    for (std::uint32_t i = 0; i < size; ++i) rank[i] = key_of(candidate[i].score, i);
    for (std::uint32_t i = size; i % kTakers != 0; ++i) rank[i] = 0;
  }

  /// Takes out the best of those left; its score stays.
  std::uint32_t take() noexcept {
    double high[kTakers] = {};
    for (std::uint32_t i = 0; i < size; i += kTakers) {
      for (std::uint32_t j = 0; j < kTakers; ++j) high[j] = rank[i + j] > high[j] ? rank[i + j] : high[j];
    }
    const std::uint32_t best = place_of(greatest_of_4(high));
    rank[best] = 0;
    return best;
  }
};

}  // namespace mgt::memory
