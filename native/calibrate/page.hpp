// The page that `mgt calibrate --report` writes: the choice, and plots of what it was chosen from.
#pragma once

#include <string>

#include "calibrate/report.hpp"

namespace mgt::cli {

/// A whole HTML document without scripts or links: the loss of every threshold with its bound, and for every stream the
/// gate beside random, fixed exit, entropy and margin at equal compute and the energy's reliability.
std::string calibration_page(const CalibrateFlags& flags, const Model& model, const Calibration& calibration);

}  // namespace mgt::cli
