// One number for all cheap answers of a step: the probability that the answer costs over a bit more than that of all
// layers would.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>

#include "model/data.hpp"

namespace mgt::gate {

/// What is known when a cheap answer is at hand.
struct EnergySignals {
  float memory_confidence = 0;  ///< top probability of the stream memory
  float potential = 0;          ///< leaky sum of the surprise, nats (spike/)
  float confidence = 0;         ///< top probability of the answer itself
};

/// Log-odds of the energy, from a row of the table: a logistic regression on the log-odds of both confidences and the
/// logarithm of the potential. How far the answer's own confidence lies below .38 counts less. The same bits on every
/// target. Finite for whatever a model file may hold.
float energy_log_odds(const float* row, const EnergySignals& signals) noexcept;

/// p as log-odds, -infinity at 0 and infinity at 1; and back.
float log_odds_of(float p) noexcept;
float probability_of(float log_odds) noexcept;

/// Odds at which the last exit is accepted, over those of the answers before it: it spares half of the layers where
/// they spare one layer and a look. Of 1 to 33 this saved most at equal loss (docs/design.md).
inline constexpr float kLastExitOdds = 8.0f;

/// Compares energies with the threshold of a policy, as log-odds: a look needs no exp.
class EnergyGate {
 public:
  EnergyGate() = default;  ///< accepts nothing
  /// table  outlives the object; energy_max, hysteresis: as in GatePolicy
  EnergyGate(const detail::EnergyTable& table, float energy_max, float hysteresis) noexcept;

  bool on() const noexcept { return table_ != nullptr; }

  /// A new step. after_full: the step before ran all layers.
  void begin(float memory_confidence, float potential, bool after_full) noexcept;
  /// Whether the answer (a row of the table) suffices. Without begin() in this step: no.
  bool accepts(std::size_t answer, float confidence) noexcept;
  /// Forgets the step.
  void end() noexcept;

  /// Of the last answer asked about in this step, and what is accepted of it.
  struct Finding {
    float energy;
    float threshold;
  };
  std::optional<Finding> finding() const noexcept;

 private:
  /// What suffices, in both of its forms.
  struct Limit {
    float log_odds = -std::numeric_limits<float>::infinity();
    float energy = 0;
  };
  /// What the answers of one step are held to.
  struct Limits {
    Limit early;
    Limit last_exit;
  };
  struct Question {
    float log_odds;
    Limit limit;
  };
  static Limit limit_of(float log_odds) noexcept;
  static Limits limits_of(float log_odds) noexcept;

  const detail::EnergyTable* table_ = nullptr;
  Limits limits_;
  Limits limits_after_full_;  ///< after a step of all layers
  EnergySignals signals_;
  std::optional<Limits> step_limits_;  ///< of the step under way
  std::optional<Question> last_;
};

}  // namespace mgt::gate
