#include "gate/energy.hpp"

#include <algorithm>

#include "memory/scalar_math.hpp"

namespace mgt::gate {
namespace {

constexpr float kSmallest = 1e-6f;  // of a probability and of what it leaves: the fit saw no other
constexpr float kSilence = 0.05f;   // nats added to the potential, which may be 0
// Below these log-odds (a confidence of .38) it says less how unsure an answer is: where nothing is known, all layers
// do not know much either, and hardly more often cost a bit less.
constexpr float kUnsure = -0.5f;
constexpr float kUnsureSlope = 0.3f;

float bounded_log_odds(float p) noexcept {
  return memory::stretch(std::clamp(p, kSmallest, 1.0f - kSmallest));
}

float own_log_odds(float confidence) noexcept {
  const float below = bounded_log_odds(confidence) - kUnsure;
  return kUnsure + (below < 0.0f ? below * kUnsureSlope : below);
}

}  // namespace

float energy_log_odds(const float* row, const EnergySignals& signals) noexcept {
  const float memory = row[0] * bounded_log_odds(signals.memory_confidence);
  const float surprise = row[1] * memory::ln_of(signals.potential + kSilence);
  const float own = row[2] * own_log_odds(signals.confidence);
  return ((memory + surprise) + own) + row[3];
}

float log_odds_of(float p) noexcept {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  if (p <= 0.0f) return -kInfinity;
  return p >= 1.0f ? kInfinity : memory::stretch(p);
}

float probability_of(float log_odds) noexcept {
  return memory::squash(log_odds);
}

EnergyGate::Limit EnergyGate::limit_of(float log_odds) noexcept {
  return {log_odds, probability_of(log_odds)};
}

EnergyGate::Limits EnergyGate::limits_of(float log_odds) noexcept {
  return {limit_of(log_odds), limit_of(log_odds + memory::ln_of(kLastExitOdds))};
}

EnergyGate::EnergyGate(const detail::EnergyTable& table, float energy_max, float hysteresis) noexcept
    : table_(&table),
      limits_(limits_of(log_odds_of(energy_max))),
      limits_after_full_(limits_of(log_odds_of(energy_max) - hysteresis)) {}

void EnergyGate::begin(float memory_confidence, float potential, bool after_full) noexcept {
  if (!on()) return;
  signals_ = {memory_confidence, potential, 0};
  step_limits_ = after_full ? limits_after_full_ : limits_;
}

bool EnergyGate::accepts(std::size_t answer, float confidence) noexcept {
  if (!step_limits_) return false;
  constexpr std::size_t kLastExit = detail::EnergyTable::kAnswers - 1;
  signals_.confidence = confidence;
  last_ = Question{energy_log_odds(table_->row(answer), signals_),
                   answer == kLastExit ? step_limits_->last_exit : step_limits_->early};
  return last_->log_odds <= last_->limit.log_odds;
}

void EnergyGate::end() noexcept {
  step_limits_.reset();
  last_.reset();
}

std::optional<EnergyGate::Finding> EnergyGate::finding() const noexcept {
  if (!last_) return std::nullopt;
  return Finding{probability_of(last_->log_odds), last_->limit.energy};
}

}  // namespace mgt::gate
