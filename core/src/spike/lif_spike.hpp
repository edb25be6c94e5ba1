// Is the arriving byte news? Leaky integration of its surprise, in integers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "mgt/gate.hpp"
#include "snapshot/fwd.hpp"

namespace mgt::spike {

struct SpikeOptions {
  float fire_nats = GatePolicy{}.spike_fire_nats;  ///< fires while the potential is at least this
};

/// The event signal of one byte.
struct SpikeReading {
  bool fired = false;               ///< the potential reached the threshold
  std::uint16_t rate_q15 = 0;       ///< share of recent steps that fired (moving average over about 32 steps)
  std::uint16_t novelty_q15 = 0;    ///< s / (s + running mean of s): 16384 = an ordinary byte, 32767 = all news
  std::uint32_t potential_q16 = 0;  ///< leaky sum (0.8 per step) of the surprise, nats in 1/65536
};

/// Leaky integrate-and-fire unit. State is plain bytes in the storage handed in; integers only after the one
/// conversion of the surprise, so equal surprises give equal bits on every target.
class LifSpike {
 public:
  static std::size_t plan_bytes(const SpikeOptions& options) noexcept;

  /// storage  plan_bytes(options) bytes, 8-byte aligned, outliving the object; initialised here.
  LifSpike(std::span<std::byte> storage, const SpikeOptions& options) noexcept;

  void reset() noexcept;

  /// Takes in one byte's surprise: -ln p(byte), in nats; clamped to [0, 64], NaN counts as 64. About 5 ns.
  const SpikeReading& push(float surprise_nats) noexcept;

  const SpikeReading& reading() const noexcept;

  /// What the next push() depends on; reading() is as after reset() until then.
  void transfer(snapshot::Archive& archive) noexcept;

 private:
  struct State;
  State* state_;
  std::uint32_t fire_q16_;
};

}  // namespace mgt::spike
