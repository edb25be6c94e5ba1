// What `mgt calibrate` says in the end, for machines and for people.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/json.hpp"
#include "calibrate/choose.hpp"
#include "eval/exit_study.hpp"
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
  std::string page;
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
  std::optional<Choice> choice;  ///< none where no threshold keeps within the risk
  Resampling resampling;
  std::vector<ExitStudy> gates;  ///< one per stream that has a block, where a page was asked for

  std::optional<detail::EnergyTable> fitted;

  /// Of the choice, which there has to be.
  float energy_max() const { return table.candidates[choice->candidate]; }
  /// The choice, or the safest threshold where there is none.
  Choice shown(const RiskTarget& target) const;
};

/// Multiply-adds of the dense run over those under a threshold.
double mac_speedup(const Calibration& calibration, std::size_t candidate);

/// The choice, or that there is none, and the bound, as names and values.
std::vector<std::pair<std::string, std::string>> summary_of(const CalibrateFlags& flags,
                                                            const Calibration& calibration);

/// Keys and numbers as native/README.md lists them; there is a choice.
Json calibration_json(const CalibrateFlags& flags, const Model& model, const Calibration& calibration);

/// summary_of() as a table.
std::string calibration_text(const CalibrateFlags& flags, const Calibration& calibration);

}  // namespace mgt::cli
