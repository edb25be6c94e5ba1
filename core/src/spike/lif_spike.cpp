#include "spike/lif_spike.hpp"

#include <cassert>
#include <new>

#include "snapshot/archive.hpp"
#include "spike/leaky_sum.hpp"

namespace mgt::spike {
namespace {

constexpr std::uint32_t kRateShift = 5;  // moving average over 2^5 steps
constexpr std::uint32_t kMeanShift = 6;

}  // namespace

struct LifSpike::State {
  SpikeReading reading;
  LeakySum potential;
  std::uint32_t rate_q24;
  std::uint32_t mean_q24;  ///< running mean of the surprise, nats in 2^-24; at most 64 * 2^24 = 2^30
};

std::size_t LifSpike::plan_bytes(const SpikeOptions&) noexcept {
  return sizeof(State);
}

LifSpike::LifSpike(std::span<std::byte> storage, const SpikeOptions& options) noexcept
    : state_(new(storage.data()) State), fire_q16_(to_q16(options.fire_nats)) {
  assert(storage.size() >= sizeof(State));
  reset();
}

void LifSpike::reset() noexcept {
  *state_ = State{};
  state_->mean_q24 = 2u << 24;  // an unknown stream: about two nats per byte
}

const SpikeReading& LifSpike::push(float surprise_nats) noexcept {
  State& s = *state_;
  const std::uint32_t surprise = to_q16(surprise_nats);
  s.potential.push(surprise);
  const bool fired = s.potential.q16 >= fire_q16_;
  s.rate_q24 += ((fired ? 1u << 24 : 0u) >> kRateShift) - (s.rate_q24 >> kRateShift);

  const std::uint64_t scaled = std::uint64_t{surprise} << 8;
  const std::uint64_t sum = scaled + s.mean_q24;
  s.reading.novelty_q15 = static_cast<std::uint16_t>(sum == 0 ? 0 : (scaled * 32767 + sum / 2) / sum);
  s.mean_q24 += static_cast<std::uint32_t>(scaled >> kMeanShift) - (s.mean_q24 >> kMeanShift);

  const std::uint32_t rate = s.rate_q24 >> 9;
  s.reading.fired = fired;
  s.reading.rate_q15 = static_cast<std::uint16_t>(rate < 32767 ? rate : 32767);
  s.reading.potential_q16 = s.potential.q16;
  return s.reading;
}

const SpikeReading& LifSpike::reading() const noexcept {
  return state_->reading;
}

void LifSpike::transfer(snapshot::Archive& archive) noexcept {
  archive.field("spike.potential", state_->potential.q16, {0, 1u << 30});
  archive.field("spike.rate", state_->rate_q24, {0, 1u << 24});
  archive.field("spike.mean", state_->mean_q24, {0, 1u << 30});
  if (archive.applies()) state_->reading = {};
}

}  // namespace mgt::spike
