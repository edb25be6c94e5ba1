// The shipped policies: thresholds by name, refined by what calibration stored in the model.
#pragma once

#include "mgt/gate.hpp"
#include "mgt/session.hpp"
#include "model/data.hpp"

namespace mgt::gate {

/// The thresholds behind a policy's name for this model, or the caller's own for PolicyKind::custom.
/// Errors: option_out_of_range, naming the threshold and its range.
Expected<GatePolicy> resolve_policy(const detail::ModelData& model, const SessionOptions& options) noexcept;

}  // namespace mgt::gate
