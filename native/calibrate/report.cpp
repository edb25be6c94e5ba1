#include "calibrate/report.hpp"

#include "app/session_flags.hpp"
#include "app/terminal.hpp"
#include "eval/gate_report.hpp"

namespace mgt::cli {
namespace {

Json candidates_json(const Calibration& calibration) {
  Json json = Json::array();
  for (std::size_t c = 0; c < calibration.table.candidates.size(); ++c) {
    json.push_back({{"energy_max", calibration.table.candidates[c]},
                    {"loss", loss_over(calibration.table, c, calibration.blocks)},
                    {"mac_speedup", mac_speedup(calibration, c)}});
  }
  return json;
}

}  // namespace

Choice Calibration::shown(const RiskTarget& target) const {
  return choice ? *choice : Choice{0, loss_bound(table, 0, blocks, blocks.size(), target.confidence)};
}

double mac_speedup(const Calibration& calibration, std::size_t candidate) {
  return ratio(static_cast<double>(calibration.table.dense.macs),
               static_cast<double>(calibration.table.gated[candidate].macs));
}

std::vector<std::pair<std::string, std::string>> summary_of(const CalibrateFlags& flags,
                                                            const Calibration& calibration) {
  const Choice shown = calibration.shown(flags.target);
  const std::string energy = fixed(calibration.table.candidates[shown.candidate], 4);
  std::vector<std::pair<std::string, std::string>> rows{
      {calibration.choice ? "accepted energy" : "accepted energy: none; the safest",
       energy + (calibration.fitted ? ", fitted on the data" : "")},
      {"loss on the data", signed_percent(loss_over(calibration.table, shown.candidate, calibration.blocks))},
      {"bound at " + percent(flags.target.confidence, 0), signed_percent(shown.bound)},
      {"fewer multiply-adds", fixed(mac_speedup(calibration, shown.candidate), 2) + "x"}};
  if (flags.resamples > 0 && calibration.choice) {
    const Resampling& r = calibration.resampling;
    rows.emplace_back("promise kept", std::to_string(r.kept) + " of " + std::to_string(r.rounds) + " halves, worst " +
                                          signed_percent(r.worst_loss));
  }
  return rows;
}

Json calibration_json(const CalibrateFlags& flags, const Model& model, const Calibration& calibration) {
  Json json;
  json["model"] = model.name();
  json["policy"] = flags.policy;
  json["kv"] = name_of(calibration.base.kv);
  json["risk"] = flags.target.risk;
  json["confidence"] = flags.target.confidence;
  json["bytes"] = calibration.blocks.size() * calibration.plan.block_bytes;
  json["warm_up"] = calibration.plan.warm_up;
  json["blocks"] = calibration.blocks.size();
  json["energy_max"] = calibration.energy_max();
  json["energy_weights"] = calibration.fitted ? Json(calibration.fitted->weights) : Json();
  json["loss"] = loss_over(calibration.table, calibration.choice->candidate, calibration.blocks);
  json["bound"] = calibration.choice->bound;
  json["mac_speedup"] = mac_speedup(calibration, calibration.choice->candidate);
  if (flags.resamples > 0) {
    const Resampling& resampling = calibration.resampling;
    json["resamples"] = {{"rounds", resampling.rounds},
                         {"kept", resampling.kept},
                         {"refused", resampling.refused},
                         {"worst_loss", resampling.worst_loss}};
  }
  json["candidates"] = candidates_json(calibration);
  json["output"] = flags.output.empty() ? Json() : Json(flags.output);
  if (!flags.page.empty()) {
    json["gates"] = Json::array();
    for (const ExitStudy& study : calibration.gates) json["gates"].push_back(exit_study_json(study));
    json["report"] = flags.page;
  }
  return json;
}

std::string calibration_text(const CalibrateFlags& flags, const Calibration& calibration) {
  Table table;
  for (const auto& [name, value] : summary_of(flags, calibration)) table.row({name, value});
  std::string text = bold(flags.policy) + dim("  risk ") + percent(flags.target.risk, 2) + "\n" + table.text();
  if (!flags.output.empty()) text += "written to " + flags.output + "\n";
  if (!flags.page.empty()) text += "plots in " + flags.page + "\n";
  return text;
}

}  // namespace mgt::cli
