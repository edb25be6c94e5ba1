#include "eval/routing_report.hpp"

#include "app/terminal.hpp"
#include "mgt/kernels.hpp"

namespace mgt::cli {

Json routing_json(const Model& model, const std::vector<RoutingCurve>& curves) {
  Json json;
  json["model"] = model.name();
  json["arch"] = current_arch();
  for (const RoutingCurve& curve : curves) {
    Json points = Json::array();
    const CapacityPoint& whole = curve.points.front();
    for (const CapacityPoint& point : curve.points) {
      points.push_back({{"capacity", point.capacity},
                        {"mac_share", point.macs / whole.macs},
                        {"speedup", ratio(whole.seconds, point.seconds)},
                        {"nats_per_byte", point.nats},
                        {"nats_loss", point.nats / whole.nats - 1},
                        {"accuracy", point.accuracy}});
    }
    json["streams"].push_back({{"name", curve.stream}, {"windows", curve.windows}, {"points", points}});
  }
  return json;
}

std::string routing_text(const Model& model, const std::vector<RoutingCurve>& curves) {
  Table table;
  std::vector<std::string> head{dim("more nats at a share of the multiply-adds")};
  const auto& first = curves.front().points;
  for (std::size_t i = 1; i < first.size(); ++i) {
    head.push_back(dim(percent(first[i].macs / first.front().macs, 0)));
  }
  table.row(head);
  for (const RoutingCurve& curve : curves) {
    std::vector<std::string> row{curve.stream};
    for (std::size_t i = 1; i < curve.points.size(); ++i) {
      row.push_back(percent(curve.points[i].nats / curve.points.front().nats - 1, 1) + " " +
                    dim(fixed(ratio(curve.points.front().seconds, curve.points[i].seconds), 2) + "x"));
    }
    table.row(row);
  }
  return bold(std::string(model.name())) + dim("  arch ") + current_arch() + "\n\n" + table.text();
}

}  // namespace mgt::cli
