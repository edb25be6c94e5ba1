// The time a step may take, as a bound on its depth.
#pragma once

#include "mgt/session.hpp"

namespace mgt::gate {

/// The deepest tier whose step fits into the deadline; Tier::full without one, Tier::skip where none fits. The core has
/// no clock: what a step takes, the options say.
/// Errors: option_out_of_range, naming the number.
Expected<Tier> resolve_deadline(const SessionOptions& options) noexcept;

}  // namespace mgt::gate
