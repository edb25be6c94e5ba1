// A model file with another threshold in it.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "model/data.hpp"

namespace mgt::cli {

/// The file again, with mgt.energy.<policy> set to the threshold and, where a table is given, mgt.energy.weights to it;
/// every other key and all weights of the model stay.
/// Errors: those of reading the file, naming `path`.
std::vector<std::byte> with_calibration(std::span<const std::byte> file, const std::string& path,
                                        const std::string& policy, float energy_max, const detail::EnergyTable* table);

}  // namespace mgt::cli
