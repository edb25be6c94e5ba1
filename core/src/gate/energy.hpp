// One number for all cheap answers of a step: the probability that the answer costs over a bit more than that of all
// layers would.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

#include "model/data.hpp"

namespace mgt::gate {

/// What is known of a step before any of its answers is looked at.
struct StepSignals {
  float memory_confidence = 0;  ///< top probability of the stream memory
  float potential = 0;          ///< leaky sum of the surprise, nats (spike/)
  float memory_potential = 0;   ///< leaky sum of what the bytes cost the stream memory, nats
  std::uint8_t letters = 0;     ///< bytes of the word so far, counted up to memory::kMostLetters
  bool expects_word = false;    ///< the memory's best guess belongs to a word
};

/// What the weights of a table's row multiply, in this order.
enum class EnergyColumn : std::uint8_t {
  memory,           ///< log-odds of the memory's confidence
  surprise,         ///< logarithm of the potential
  memory_surprise,  ///< logarithm of the memory's potential
  letters,          ///< bytes of the word so far
  in_word,          ///< 1 or 0: whether there are any
  expects_word,     ///< 1 or 0
  own,              ///< log-odds of the answer's own confidence; how far it lies below .27 counts less
  constant,         ///< 1
};
using EnergyColumns = std::array<float, detail::EnergyTable::kSignals>;
static_assert(static_cast<std::size_t>(EnergyColumn::constant) + 1 == detail::EnergyTable::kSignals);

/// All columns but the answer's own, which is 0 until set_own(). Finite for whatever the signals hold.
EnergyColumns columns_of(const StepSignals& signals) noexcept;
void set_own(EnergyColumns& columns, float confidence) noexcept;

/// Log-odds of the energy: the sum of a row of the table times the columns, a logistic regression. The same bits on
/// every target. Finite for whatever a model file may hold.
float energy_log_odds(const float* row, const EnergyColumns& columns) noexcept;

/// p as log-odds, -infinity at 0 and infinity at 1; and back.
float log_odds_of(float p) noexcept;
float probability_of(float log_odds) noexcept;

/// Odds at which an answer is accepted, over those of the memory's: what refusing it costs is one layer and a look, a
/// layer that reads more weights than the first did, half of the layers. Of 1 to 4 and 4 to 33 these saved most time at
/// equal loss (docs/decisions/gate.md).
inline constexpr std::array<float, detail::EnergyTable::kAnswers> kOdds{1.0f, 3.0f, 12.0f};

/// An exit is not asked where the memory's log-odds pass what is accepted of the exit by so much: there it is refused
/// nine times in ten on text and four in five on logs, which does not earn its looks (docs/decisions/gate.md).
inline constexpr std::array<float, detail::EnergyTable::kAnswers> kHopeless{0.0f, 1.0f, 2.0f};

/// Compares energies with the threshold of a policy, as log-odds: a look needs no exp.
class EnergyGate {
 public:
  EnergyGate() = default;  ///< accepts nothing
  /// table  outlives the object; energy_max, hysteresis: as in GatePolicy
  EnergyGate(const detail::EnergyTable& table, float energy_max, float hysteresis) noexcept;

  bool on() const noexcept { return table_ != nullptr; }

  /// A new step. after_full: the answer before was one of all layers, run or replayed.
  void begin(const StepSignals& signals, bool after_full) noexcept;
  /// Whether the answer (a row of the table) suffices. Without begin() in this step: no.
  bool accepts(std::size_t answer, float confidence) noexcept;
  /// Whether an exit's answer has a chance, by the memory's: false only once accepts(0, ...) was asked in this step.
  bool worth_asking(std::size_t answer) const noexcept;
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
  using Limits = std::array<Limit, detail::EnergyTable::kAnswers>;  ///< what the answers of one step are held to
  struct Question {
    float log_odds;
    Limit limit;
  };
  static Limits limits_of(float log_odds) noexcept;

  const detail::EnergyTable* table_ = nullptr;
  Limits limits_;
  Limits limits_after_full_;  ///< after an answer of all layers
  EnergyColumns columns_{};
  std::optional<Limits> step_limits_;  ///< of the step under way
  std::optional<float> memory_log_odds_;
  std::optional<Question> last_;
};

}  // namespace mgt::gate
