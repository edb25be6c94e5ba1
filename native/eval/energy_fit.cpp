#include "eval/energy_fit.hpp"

#include <algorithm>
#include <cmath>

#include "eval/logistic.hpp"
#include "gate/energy.hpp"
#include "memory/cursor.hpp"

namespace mgt::cli {
namespace {

constexpr std::size_t kColumns = detail::EnergyTable::kSignals - 1;  // all but the constant

/// Leaky sum of what arriving bytes cost under an answer of the step before them.
template <class CostOf>
std::vector<float> potentials(std::span<const Signals> stream, CostOf&& cost_of) {
  std::vector<float> costs{kUnknownCost};
  for (const Signals& step : stream) costs.push_back(cost_of(step));
  costs.pop_back();
  return leaky_sum(costs);
}

/// Calls `take` with the energy's columns at every step.
template <class Take>
void for_each_step(std::span<const Signals> stream, std::size_t answer, Take&& take) {
  const std::vector<float> potential = potentials_of(stream);
  const std::vector<float> of_memory = potentials(stream, [](const Signals& step) { return step.memory.cost; });
  std::uint64_t recent = 0;
  for (std::size_t t = 0; t < stream.size(); ++t) {
    const Signals& step = stream[t];
    recent = recent << 8 | step.byte;
    gate::EnergyColumns columns = gate::columns_of({step.memory.top_probability, potential[t], of_memory[t],
                                                    memory::letters_behind(recent), memory::of_word(step.memory.top)});
    gate::set_own(columns, answer_of(step, answer).top_probability);
    take(t, columns);
  }
}

}  // namespace

bool costs_a_bit(const Signals& step, std::size_t answer) {
  return double{answer_of(step, answer).cost} - double{step.full().mixture.cost} > std::log(2.0);
}

std::vector<float> potentials_of(std::span<const Signals> stream) {
  return potentials(stream, [](const Signals& step) { return step.full().mixture.cost; });
}

detail::EnergyTable fit_energy(std::span<const std::vector<Signals>> streams) {
  detail::EnergyTable table;
  const std::size_t answers = cheap_answers(streams.front());
  for (std::size_t row = 0; row < detail::EnergyTable::kAnswers; ++row) {
    const std::size_t answer = std::min(row, answers - 1);  // shallow models: two tiers share an exit
    std::vector<double> rows;
    std::vector<bool> events;
    for (const std::vector<Signals>& stream : streams) {
      for_each_step(stream, answer, [&](std::size_t t, const gate::EnergyColumns& columns) {
        rows.insert(rows.end(), columns.begin(), columns.begin() + kColumns);
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
  for_each_step(stream, answer, [&](std::size_t, const gate::EnergyColumns& columns) {
    energies.push_back(double{gate::energy_log_odds(table.row(answer), columns)});
  });
  return energies;
}

}  // namespace mgt::cli
