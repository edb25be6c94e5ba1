// What `mgt calibrate` says in the end, for machines and for people.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/json.hpp"
#include "calibrate/choose.hpp"
#include "model/data.hpp"

namespace mgt::cli {

/// What was asked for.
struct CalibrateFlags {
  std::string model;
  std::vector<std::string> data;
  RiskTarget target;
  std::string policy = "default";
  std::string kv;
  std::string output;
  std::uint64_t limit = 0;
  std::size_t warm_up = 0;
  std::size_t resamples = 0;
  bool fit = false;
  bool json = false;
};

/// What was found.
struct Calibration {
  LossTable table;
  BlockPlan plan;
  GatePolicy base;  ///< what thresholds were tried with
  std::vector<std::size_t> blocks;
  Choice choice;
  Resampling resampling;

  std::optional<detail::EnergyTable> fitted;

  float energy_max() const { return table.candidates[choice.candidate]; }
};

/// Keys and numbers as native/README.md lists them.
Json calibration_json(const CalibrateFlags& flags, const Model& model, const Calibration& calibration);

/// A table of the choice and its bound.
std::string calibration_text(const CalibrateFlags& flags, const Calibration& calibration);

}  // namespace mgt::cli
