#include "eval/gate_report.hpp"

#include "app/terminal.hpp"
#include "mgt/kernels.hpp"

namespace mgt::cli {
namespace {

Json areas_json(const ExitStudy& study) {
  Json json;
  for (const SignalArea& area : study.areas) {
    json[area.signal]["mixture"] = area.mixture;
    json[area.signal]["transformer"] = area.transformer;
  }
  return json;
}

Json reliability_json(const ExitStudy& study) {
  Json json = Json::array();
  for (const ReliabilityBin& bin : study.reliability) {
    json.push_back({{"predicted", bin.predicted}, {"observed", bin.observed}, {"count", bin.count}});
  }
  return json;
}

Json curves_json(const ExitStudy& study) {
  Json json;
  for (const Curve& curve : study.curves) {
    Json& points = json[curve.gate] = Json::array();
    for (const CurvePoint& point : curve.points) {
      points.push_back({{"compute", point.compute}, {"nats", point.nats}, {"accuracy", point.accuracy}});
    }
  }
  return json;
}

Json switch_json(const SwitchRow& row) {
  Json json;
  json["signal"] = row.signal;
  json["auc_1_8"] = row.area[0];
  json["auc_8_24"] = row.area[1];
  json["auc_24_56"] = row.area[2];
  json["auc_1_56"] = row.area[3];
  json["found"] = row.found;
  json["median_delay"] = row.median_delay;
  return json;
}

std::string exits_table(const GateStudy& study) {
  Table table;
  std::vector<std::string> head{dim("exit 1 = all layers, AUC")};
  for (const ExitStudy& exits : study.exits) head.push_back(dim(exits.stream));
  table.row(head);
  for (std::size_t i = 0; i < study.exits.front().areas.size(); ++i) {
    std::vector<std::string> row{study.exits.front().areas[i].signal};
    for (const ExitStudy& exits : study.exits) {
      row.push_back(fixed(exits.areas[i].mixture, 3) + " " + dim(fixed(exits.areas[i].transformer, 3)));
    }
    table.row(row);
  }
  std::vector<std::string> agreement{"share that agrees"}, error{"calibration error of the energy"};
  for (const ExitStudy& exits : study.exits) {
    agreement.push_back(fixed(exits.agreement, 3) + " " + dim(fixed(exits.transformer_agreement, 3)));
    error.push_back(fixed(exits.calibration_error, 4));
  }
  table.row(agreement);
  table.row(error);
  return table.text();
}

Json switches_json(const std::vector<SwitchRow>& rows) {
  Json json = Json::array();
  for (const SwitchRow& row : rows) json.push_back(switch_json(row));
  return json;
}

std::string switches_table(const std::string& title, const std::vector<SwitchRow>& rows) {
  Table table;
  table.row({dim(title + ", AUC"), dim("1-8 bytes ago"), dim("8-24"), dim("24-56"), dim("1-56"), dim("found"),
             dim("median delay")});
  for (const SwitchRow& row : rows) {
    table.row({row.signal, fixed(row.area[0], 3), fixed(row.area[1], 3), fixed(row.area[2], 3), fixed(row.area[3], 3),
               percent(row.found, 0), fixed(row.median_delay, 0)});
  }
  return table.text();
}

}  // namespace

Json exit_study_json(const ExitStudy& study) {
  Json json;
  json["stream"] = study.stream;
  json["agreement"] = study.agreement;
  json["transformer_agreement"] = study.transformer_agreement;
  json["auc"] = areas_json(study);
  json["calibration_error"] = study.calibration_error;
  json["reliability"] = reliability_json(study);
  json["curves"] = curves_json(study);
  return json;
}

Json gate_json(const Model& model, const GateStudy& study) {
  Json json;
  json["model"] = model.name();
  json["arch"] = current_arch();
  json["exits"] = Json::array();
  for (const ExitStudy& exits : study.exits) json["exits"].push_back(exit_study_json(exits));
  json["switches"] = switches_json(study.switches);
  json["unseen_switches"] = switches_json(study.unseen);
  return json;
}

std::string gate_text(const Model& model, const GateStudy& study) {
  return bold(model.name()) + ": what each signal tells, on held-out parts\n\n" + exits_table(study) +
         "  mixed with the stream memory, then the transformer alone; .500 is chance\n\n" +
         switches_table("another kind of stream", study.switches) + "\n" +
         switches_table("the same, kinds unseen in training", study.unseen) +
         "  found: within 56 bytes, at 2 false alarms per 1000 bytes\n";
}

}  // namespace mgt::cli
