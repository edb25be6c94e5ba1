#include "eval/routing_study.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "app/failure.hpp"
#include "app/progress.hpp"
#include "app/session_flags.hpp"
#include "eval/workload.hpp"

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

}  // namespace mgt::cli
