// What `mgt eval --gate` says in the end, for machines and for people.
#pragma once

#include <span>
#include <string>

#include "app/json.hpp"
#include "eval/switch_study.hpp"
#include "mgt/model.hpp"

namespace mgt::cli {

/// Both studies of a model.
struct GateStudy {
  std::vector<ExitStudy> exits;     ///< one per stream
  std::vector<SwitchRow> switches;  ///< between kinds that the shipped models were trained on, or close to them
  std::vector<SwitchRow> unseen;    ///< between kinds that they were not
};

/// Reads the signals of every stream of the shipped workloads (`limit` bytes of each part) and of spliced ones; fits on
/// the calibration parts, measures on the held-out ones and, for switches, on kinds unseen in training as well. Shows
/// its progress on stderr. Cost: about 0.15 ms a byte.
/// Errors: bad input for a model with a single exit.
GateStudy study_gate(const Model& model, std::uint64_t limit);

/// Keys and numbers as native/README.md lists them.
Json gate_json(const Model& model, const GateStudy& study);

/// AUC per signal and stream, the energy's calibration, and the table of switches.
std::string gate_text(const Model& model, const GateStudy& study);

}  // namespace mgt::cli
