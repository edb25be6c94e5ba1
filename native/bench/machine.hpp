// What a benchmark needs of the machine: one CPU to itself, and how fast that CPU can read at all.
#pragma once

#include <cstddef>

namespace mgt::cli {

/// Keeps this thread on the CPU it is on; false where the system does not let it.
bool pin_to_one_cpu() noexcept;

/// Bytes per second that one core reads from a buffer of `bytes`, again and again: the ceiling of anything that
/// streams that many weights. The median of repeated passes, about 50 ms in all.
double read_bandwidth(std::size_t bytes);

}  // namespace mgt::cli
