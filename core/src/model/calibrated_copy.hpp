// A model file with another threshold in it: what calibration leaves.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "mgt/error.hpp"
#include "mgt/gate.hpp"
#include "model/data.hpp"

namespace mgt::detail {

/// The file again, with mgt.energy.<policy> set to the threshold and, where a table is given, mgt.energy.weights to it;
/// every other key and all weights of the model stay; its hash of itself follows. Does not check that it loads.
///
/// policy  conservative, standard or permissive
/// errors  those of gguf::File::parse; option_out_of_range for another policy
Expected<std::vector<std::byte>> calibrated_copy(std::span<const std::byte> file, PolicyKind policy, float energy_max,
                                                 const EnergyTable* table) noexcept;

}  // namespace mgt::detail
