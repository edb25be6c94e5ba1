// What window mode loses when older positions get less of every layer, and what it saves.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mgt/model.hpp"

namespace mgt::cli {

/// One capacity over the windows of one stream.
struct CapacityPoint {
  float capacity = 1;
  double macs = 0;     ///< multiply-adds of a window, head included; the first layer's Q, K and V are looked up
  double seconds = 0;  ///< of all windows
  double nats = 0;     ///< per byte that follows a window
  double accuracy = 0;
};

struct RoutingCurve {
  std::string stream;
  std::size_t windows = 0;
  std::vector<CapacityPoint> points;  ///< capacity 1 first
};

/// Windows of the model's context length, one every 61 bytes, over the held-out part of every shipped stream (`limit`
/// bytes at most), each capacity in turns on the same window. Shows its progress on stderr.
std::vector<RoutingCurve> study_routing(const Model& model, std::uint64_t limit);

}  // namespace mgt::cli
