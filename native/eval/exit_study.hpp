// Which signal tells when the first exit's answer is the full one, and what gating by it buys.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "eval/signals.hpp"
#include "model/data.hpp"

namespace mgt::cli {

/// A part of a stream and its signals.
struct StudyStream {
  std::string name;
  std::string kind;
  std::vector<std::uint8_t> bytes;
  std::vector<Signals> signals;
};

struct SignalArea {
  std::string signal;
  double mixture = 0;      ///< AUC for "exit 1's best guess is that of all layers", both mixed with the stream memory
  double transformer = 0;  ///< the same for the transformer alone
};

/// One point of a reliability diagram.
struct ReliabilityBin {
  double predicted = 0;  ///< mean of the estimate
  double observed = 0;   ///< share of events
  std::size_t count = 0;
};

struct CurvePoint {
  double compute = 0;  ///< of a dense step with its memory, mixture and head
  double nats = 0;     ///< per byte
  double accuracy = 0;
};

struct Curve {
  std::string gate;
  std::vector<CurvePoint> points;
};

struct ExitStudy {
  std::string stream;
  double agreement = 0;              ///< share of steps where exit 1 mixed has the best guess of all layers mixed
  double transformer_agreement = 0;  ///< the same for the transformer alone
  std::vector<SignalArea> areas;
  double calibration_error = 0;  ///< expected calibration error of the energy at exit 1, kReliabilityBins bins
  std::vector<ReliabilityBin> reliability;
  std::vector<Curve> curves;
};

inline constexpr std::size_t kReliabilityBins = 15;

/// Errors: bad input for a model with a single exit, where there is nothing to compare.
void expect_exits(const Model& model);

/// The table, the diagram and the curves of one stream. exit_layers: of SignalProbe.
/// table: of the energy.
ExitStudy study_exits(const StudyStream& stream, const detail::EnergyTable& table,
                      std::span<const std::uint32_t> exit_layers);

}  // namespace mgt::cli
