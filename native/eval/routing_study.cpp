#include "eval/routing_study.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "app/failure.hpp"
#include "app/progress.hpp"
#include "app/session_flags.hpp"
#include "app/terminal.hpp"
#include "eval/workload.hpp"
#include "mgt/kernels.hpp"

namespace mgt::cli {
namespace {

constexpr float kCapacities[] = {1.0f, 0.8f, 0.6f, 0.5f, 0.4f, 0.3f, 0.2f};
constexpr std::size_t kStride = 61;  // prime: windows begin anywhere in a line

Session open_at(const Model& model, float capacity) {
  SessionOptions options;
  options.policy = PolicyKind::dense;
  options.memory = false;
  options.window_capacity = capacity;
  return open_session(model, options);
}

void measure_window(Session& session, std::span<const std::uint8_t> window, std::uint8_t next, CapacityPoint& point) {
  const auto start = std::chrono::steady_clock::now();
  const auto view = session.infer(window);
  point.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (!view) fail_with(view.error(), "");
  point.macs += static_cast<double>(session.window_macs());
  point.nats -= std::log(double{view->probabilities[next]});
  point.accuracy += view->witness->top_token == next ? 1 : 0;
}

RoutingCurve curve_of(const WorkloadStream& stream, std::vector<Session>& sessions) {
  const std::size_t context = sessions.front().model().config().context_length;
  RoutingCurve curve;
  curve.stream = stream.name;
  for (const float capacity : kCapacities) curve.points.push_back({.capacity = capacity});
  const std::span<const std::uint8_t> bytes(stream.bytes);
  for (std::size_t at = 0; at + context < bytes.size(); at += kStride, ++curve.windows) {
    for (std::size_t i = 0; i < sessions.size(); ++i) {
      measure_window(sessions[i], bytes.subspan(at, context), bytes[at + context], curve.points[i]);
    }
  }
  const double n = static_cast<double>(std::max<std::size_t>(1, curve.windows));
  for (CapacityPoint& point : curve.points) {
    point.macs /= n;
    point.nats /= n;
    point.accuracy /= n;
  }
  return curve;
}

}  // namespace

std::vector<RoutingCurve> study_routing(const Model& model, std::uint64_t limit) {
  const std::vector<WorkloadStream> streams = shipped_streams(Part::held, limit);
  std::uint64_t total = 0;
  for (const WorkloadStream& stream : streams) total += stream.bytes.size();
  std::vector<Session> sessions;
  for (const float capacity : kCapacities) sessions.push_back(open_at(model, capacity));
  std::vector<RoutingCurve> curves;
  Progress progress(total);
  std::uint64_t done = 0;
  for (const WorkloadStream& stream : streams) {
    curves.push_back(curve_of(stream, sessions));
    progress.update(done += stream.bytes.size());
  }
  return curves;
}

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
