#include "eval/energy_fit.hpp"

#include <algorithm>
#include <cmath>

#include "eval/logistic.hpp"
#include "gate/energy.hpp"

namespace mgt::cli {
namespace {

constexpr float kUnknownCost = 5.545f;  // ln 256: before the first byte nothing is known
constexpr std::size_t kColumns = detail::EnergyTable::kSignals - 1;

/// The signals that the table's weights multiply, got from the engine by a table that lets one through.
std::vector<double> columns_of(const gate::EnergySignals& signals) {
  std::vector<double> columns;
  for (std::size_t c = 0; c < kColumns; ++c) {
    float only[detail::EnergyTable::kSignals] = {};
    only[c] = 1;
    columns.push_back(double{gate::energy_log_odds(only, signals)});
  }
  return columns;
}

/// Calls `take` with the signals of every step.
template <class Take>
void for_each_step(std::span<const Signals> stream, std::size_t answer, Take&& take) {
  const std::vector<float> potentials = potentials_of(stream);
  for (std::size_t t = 0; t < stream.size(); ++t) {
    take(t, gate::EnergySignals{stream[t].memory.top_probability, potentials[t],
                                answer_of(stream[t], answer).top_probability});
  }
}

}  // namespace

bool costs_a_bit(const Signals& step, std::size_t answer) {
  return double{answer_of(step, answer).cost} - double{step.full().mixture.cost} > std::log(2.0);
}

std::vector<float> potentials_of(std::span<const Signals> stream) {
  std::vector<float> costs{kUnknownCost};
  for (const Signals& step : stream) costs.push_back(step.full().mixture.cost);
  costs.pop_back();
  return leaky_sum(costs);
}

detail::EnergyTable fit_energy(std::span<const std::vector<Signals>> streams) {
  detail::EnergyTable table;
  const std::size_t answers = cheap_answers(streams.front());
  for (std::size_t row = 0; row < detail::EnergyTable::kAnswers; ++row) {
    const std::size_t answer = std::min(row, answers - 1);  // shallow models: two tiers share an exit
    std::vector<double> rows;
    std::vector<bool> events;
    for (const std::vector<Signals>& stream : streams) {
      for_each_step(stream, answer, [&](std::size_t t, const gate::EnergySignals& signals) {
        const std::vector<double> columns = columns_of(signals);
        rows.insert(rows.end(), columns.begin(), columns.end());
        events.push_back(costs_a_bit(stream[t], answer));
      });
    }
    const std::vector<double> weights = Logistic(rows, kColumns, events).plain_weights();
    for (std::size_t c = 0; c < weights.size(); ++c) {
      table.weights[row * detail::EnergyTable::kSignals + c] = static_cast<float>(weights[c]);
    }
  }
  return table;
}

std::vector<double> energies_of(const detail::EnergyTable& table, std::span<const Signals> stream, std::size_t answer) {
  std::vector<double> energies;
  for_each_step(stream, answer, [&](std::size_t, const gate::EnergySignals& signals) {
    energies.push_back(double{gate::energy_log_odds(table.row(answer), signals)});
  });
  return energies;
}

}  // namespace mgt::cli
