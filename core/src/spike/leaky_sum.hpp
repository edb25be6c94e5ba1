// What the last few bytes cost, in integers.
#pragma once

#include <cstdint>

namespace mgt::spike {

inline constexpr float kMostNats = 64.0f;

/// Nats in 1/65536, clamped to [0, kMostNats]; NaN counts as kMostNats.
inline std::uint32_t to_q16(float nats) noexcept {
  if (!(nats < kMostNats)) return static_cast<std::uint32_t>(kMostNats * 65536.0f);  // also NaN
  return nats <= 0.0f ? 0 : static_cast<std::uint32_t>(nats * 65536.0f + 0.5f);
}

/// V = 0.8 V + nats, nats in 1/65536: integers only, so equal inputs give equal bits on every target. A steady cost of
/// s nats per byte gives 5 s; at most 320 nats, below 2^25.
struct LeakySum {
  std::uint32_t q16 = 0;

  void push(std::uint32_t nats_q16) noexcept {
    constexpr std::uint64_t kLeakQ16 = 52429;  // 0.8
    q16 = static_cast<std::uint32_t>((q16 * kLeakQ16) >> 16) + nats_q16;
  }
  float nats() const noexcept { return static_cast<float>(q16) * 0x1p-16f; }
};

}  // namespace mgt::spike
