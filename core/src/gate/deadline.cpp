#include "gate/deadline.hpp"

namespace mgt::gate {
namespace {

constexpr float kMostUs = 1e9f;

bool is_time(float us) noexcept {
  return us > 0.0f && us <= kMostUs;  // no NaN
}

}  // namespace

Expected<Tier> resolve_deadline(const SessionOptions& options) noexcept {
  if (options.deadline_us == 0.0f) return Tier::full;
  if (!is_time(options.deadline_us)) {
    return fail(Errc::option_out_of_range, "deadline_us is %g, allowed are 0 to %g",
                static_cast<double>(options.deadline_us), static_cast<double>(kMostUs));
  }
  Tier fitting = Tier::skip;
  for (std::size_t tier = kTierCount; tier-- > 0;) {
    const float bound = options.step_bound_us[tier];
    if (!is_time(bound)) {
      return fail(Errc::option_out_of_range, "step_bound_us of tier %zu is %g, a deadline needs over 0 to %g", tier,
                  static_cast<double>(bound), static_cast<double>(kMostUs));
    }
    if (bound <= options.deadline_us) fitting = static_cast<Tier>(tier);
  }
  return fitting;
}

}  // namespace mgt::gate
