// What a step of each tier takes on this machine: the core's deadline asks for it.
#pragma once

#include "mgt/session.hpp"

namespace mgt::cli {

/// The options, with step_bound_us measured where they have a deadline and no bounds. A bound is the longest of a few
/// steps that each follow as many skipped ones as the receptive field holds: the most debts that a step can meet. A
/// byte that comes for the first time takes longer. Processor time of this thread; per tier some 130 steps
/// and 15 * n_layers * (window - 1) skipped ones.
SessionOptions with_step_bounds(const Model& model, SessionOptions options);

}  // namespace mgt::cli
