#include "gate/energy.hpp"

#include <algorithm>

#include "memory/scalar_math.hpp"

namespace mgt::gate {
namespace {

constexpr float kSmallest = 1e-6f;  // of a probability and of what it leaves: the fit saw no other
constexpr float kSilence = 0.05f;   // nats added to the potential, which may be 0
// Below these log-odds (a confidence of .27) it says less how unsure an answer is: where nothing is known, all layers
// do not know much either, and hardly more often cost a bit less.
constexpr float kUnsure = -1.0f;
constexpr float kUnsureSlope = 0.3f;

float bounded_log_odds(float p) noexcept {
  return memory::stretch(std::clamp(p, kSmallest, 1.0f - kSmallest));
}

float& at(EnergyColumns& columns, EnergyColumn column) noexcept {
  return columns[static_cast<std::size_t>(column)];
}

}  // namespace

EnergyColumns columns_of(const StepSignals& signals) noexcept {
  EnergyColumns columns;
  at(columns, EnergyColumn::memory) = bounded_log_odds(signals.memory_confidence);
  at(columns, EnergyColumn::surprise) = memory::ln_of(signals.potential + kSilence);
  at(columns, EnergyColumn::memory_surprise) = memory::ln_of(signals.memory_potential + kSilence);
  at(columns, EnergyColumn::letters) = static_cast<float>(signals.letters);
  at(columns, EnergyColumn::in_word) = signals.letters > 0 ? 1.0f : 0.0f;
  at(columns, EnergyColumn::expects_word) = signals.expects_word ? 1.0f : 0.0f;
  at(columns, EnergyColumn::own) = 0.0f;
  at(columns, EnergyColumn::constant) = 1.0f;
  return columns;
}

void set_own(EnergyColumns& columns, float confidence) noexcept {
  const float below = bounded_log_odds(confidence) - kUnsure;
  at(columns, EnergyColumn::own) = kUnsure + (below < 0.0f ? below * kUnsureSlope : below);
}

float energy_log_odds(const float* row, const EnergyColumns& columns) noexcept {
  float sum = 0;
  for (std::size_t c = 0; c < columns.size(); ++c) sum += row[c] * columns[c];
  return sum;
}

float log_odds_of(float p) noexcept {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  if (p <= 0.0f) return -kInfinity;
  return p >= 1.0f ? kInfinity : memory::stretch(p);
}

float probability_of(float log_odds) noexcept {
  return memory::squash(log_odds);
}

EnergyGate::Limits EnergyGate::limits_of(float log_odds) noexcept {
  Limits limits;
  for (std::size_t answer = 0; answer < limits.size(); ++answer) {
    const float most = log_odds + memory::ln_of(kOdds[answer]);
    limits[answer] = {most, probability_of(most)};
  }
  return limits;
}

EnergyGate::EnergyGate(const detail::EnergyTable& table, float energy_max, float hysteresis) noexcept
    : table_(&table),
      limits_(limits_of(log_odds_of(energy_max))),
      limits_after_full_(limits_of(log_odds_of(energy_max) - hysteresis)) {}

void EnergyGate::begin(const StepSignals& signals, bool after_full) noexcept {
  if (!on()) return;
  columns_ = columns_of(signals);
  step_limits_ = after_full ? limits_after_full_ : limits_;
  memory_log_odds_.reset();
}

bool EnergyGate::accepts(std::size_t answer, float confidence) noexcept {
  if (!step_limits_) return false;
  set_own(columns_, confidence);
  last_ = Question{energy_log_odds(table_->row(answer), columns_), (*step_limits_)[answer]};
  if (answer == 0) memory_log_odds_ = last_->log_odds;
  return last_->log_odds <= last_->limit.log_odds;
}

bool EnergyGate::worth_asking(std::size_t answer) const noexcept {
  return !memory_log_odds_ || *memory_log_odds_ <= (*step_limits_)[answer].log_odds + kHopeless[answer];
}

void EnergyGate::end() noexcept {
  step_limits_.reset();
  memory_log_odds_.reset();
  last_.reset();
}

std::optional<EnergyGate::Finding> EnergyGate::finding() const noexcept {
  if (!last_) return std::nullopt;
  return Finding{probability_of(last_->log_odds), last_->limit.energy};
}

}  // namespace mgt::gate
