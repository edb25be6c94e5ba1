// A model file with other thresholds in it.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "calibrate/losses.hpp"

namespace mgt::cli {

/// The file again, with mgt.calibration.<policy> set to the thresholds; every other key and all weights stay.
/// Errors: those of reading the file, naming `path`.
std::vector<std::byte> with_calibration(std::span<const std::byte> file, const std::string& path,
                                        const std::string& policy, const Thresholds& thresholds);

}  // namespace mgt::cli
