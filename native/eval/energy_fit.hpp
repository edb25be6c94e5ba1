// The energy of cheap answers outside of the engine: fitted on streams, and read along one.
#pragma once

#include <span>
#include <vector>

#include "eval/signals.hpp"
#include "model/data.hpp"

namespace mgt::cli {

/// A cheap answer of a step: 0 is the memory's, i the i-th exit's mixture, the last exit (all layers) not among them.
inline const Reading& answer_of(const Signals& step, std::size_t i) {
  return i == 0 ? step.memory : step.exits[i - 1].mixture;
}
inline std::size_t cheap_answers(std::span<const Signals> stream) {
  return stream.front().exits.size();
}

/// What the energy predicts: the answer costs over a bit more than that of all layers.
bool costs_a_bit(const Signals& step, std::size_t answer);

/// One logistic regression per cheap answer, over all bytes of all streams. All of one model.
detail::EnergyTable fit_energy(std::span<const std::vector<Signals>> streams);

/// [byte] of the i-th cheap answer, as log-odds; the engine's own arithmetic.
std::vector<double> energies_of(const detail::EnergyTable& table, std::span<const Signals> stream, std::size_t answer);

/// Leaky sum of the costs of arriving bytes under the full answers before them: the potential at each step.
std::vector<float> potentials_of(std::span<const Signals> stream);

}  // namespace mgt::cli
