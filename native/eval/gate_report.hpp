// What `mgt eval --gate` says in the end, for machines and for people.
#pragma once

#include <string>

#include "app/json.hpp"
#include "eval/gate_study.hpp"
#include "mgt/model.hpp"

namespace mgt::cli {

/// One stream's entry of "exits".
Json exit_study_json(const ExitStudy& study);

/// Keys and numbers as native/README.md lists them.
Json gate_json(const Model& model, const GateStudy& study);

/// AUC per signal and stream, the energy's calibration, and the table of switches.
std::string gate_text(const Model& model, const GateStudy& study);

}  // namespace mgt::cli
