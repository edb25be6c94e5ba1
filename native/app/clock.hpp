// Time as the reports count it.
#pragma once

#include <ctime>

namespace mgt::cli {

/// Processor time of this thread in seconds: what other programs on the machine do stays out of it.
inline double thread_seconds() noexcept {
  std::timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace mgt::cli
