// What a step of each tier takes on this machine: the core's deadline asks for it.
#pragma once

#include "mgt/session.hpp"

namespace mgt::cli {

/// The options, with step_bound_us measured where they have a deadline and no bounds. A bound is the longest of a few
/// steps that each follow as many skipped ones as the receptive field holds: the most debts that a step can meet. A
/// byte that comes for the first time takes longer. Processor time of this thread; some 1,500 steps, most of them of
/// tier 3.
SessionOptions with_step_bounds(const Model& model, SessionOptions options);

}  // namespace mgt::cli
