// One stream of a workload through a gated and a dense session: cost, quality, latency, what its lines looked like.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "eval/workload.hpp"
#include "mgt/session.hpp"

namespace mgt::cli {

/// What one session did with a stream.
struct LaneFigures {
  SessionStats stats;
  double seconds = 0;                                     ///< processor time inside of steps
  std::array<std::vector<float>, kTierCount> latency_us;  ///< of every step, by its tier; by the wall clock
  std::vector<float> surprise;                            ///< of every byte
  std::vector<std::uint16_t> lambda;                      ///< of every byte
  std::vector<std::uint8_t> tops;
};

/// Area under the ROC curve for "this line is anomalous", by what a line is scored with.
struct LineScores {
  double mean = 0;    ///< the mean surprise of the line's bytes
  double max = 0;     ///< the largest
  double lambda = 0;  ///< the lowest lambda, low being anomalous
};

struct StreamFigures {
  std::string name;
  LaneFigures gated;
  LaneFigures dense;
  std::uint64_t agreed = 0;  ///< steps with the same most probable next byte
  bool labelled = false;
  std::size_t lines = 0;
  std::size_t anomalous = 0;
  LineScores gated_scores;
  LineScores dense_scores;
};

/// Runs both sessions over the stream, in turns of kBlockBytes: from a fresh start, or (warm) after what came before
/// it, which counts for nothing. tick: bytes done.
StreamFigures measure_stream(const WorkloadStream& stream, bool warm, Session& gated, Session& dense,
                             const std::function<void(std::uint64_t)>& tick);

}  // namespace mgt::cli
