// Every gate signal, for stopping early and for a change of kind, on the streams of the shipped workloads.
#pragma once

#include <cstdint>
#include <vector>

#include "eval/exit_study.hpp"
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

}  // namespace mgt::cli
