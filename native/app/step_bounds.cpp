#include "app/step_bounds.hpp"

#include <algorithm>
#include <random>

#include "app/clock.hpp"
#include "app/failure.hpp"
#include "app/session_flags.hpp"

namespace mgt::cli {
namespace {

constexpr Token kFirstByte = ' ';
constexpr Token kBytes = 64;
constexpr int kWarmUps = 3;
constexpr int kRuns = 12;

/// A session like the one asked for that looks at every exit, is content with none, and goes no deeper than `tier`.
Session open_probe(const Model& model, const SessionOptions& options, Tier tier) {
  SessionOptions plain = options;
  plain.deadline_us = 0;
  const Session asked = open_session(model, plain);
  SessionOptions probe = plain;
  probe.policy = PolicyKind::custom;
  probe.custom = {};
  probe.custom.kv = asked.kv_mode();
  probe.custom.exit_confidence = 1.0f;
  probe.kv.reset();
  probe.tier.reset();
  probe.replay = asked.replay_positions();
  probe.deadline_us = 1;
  probe.step_bound_us.fill(2);
  std::fill(probe.step_bound_us.begin() + static_cast<int>(tier), probe.step_bound_us.end(), 1.0f);
  return open_session(model, probe);
}

/// Lets the tables by byte learn every byte that will be measured: their rows are computed when a byte first comes.
void fill_tables(Session& session) {
  for (Token byte = kFirstByte; byte < kFirstByte + kBytes; ++byte) {
    unwrap(session.step({.token = byte, .tier = Tier::skip}), "");
    unwrap(session.step({.token = byte, .tier = Tier::full}), "");
  }
}

float longest_step_us(const Model& model, const SessionOptions& options, Tier tier) {
  Session session = open_probe(model, options, tier);
  fill_tables(session);
  std::minstd_rand random(1);
  const auto next_byte = [&] { return static_cast<Token>(kFirstByte + random() % kBytes); };
  const std::uint32_t reach = model.config().n_layers * (session.window() - 1);
  double longest = 0;
  for (int run = -kWarmUps; run < kRuns; ++run) {
    for (std::uint32_t i = 0; i < reach; ++i) {
      unwrap(session.step({.token = next_byte(), .tier = Tier::skip}), "");
    }
    const Token token = next_byte();
    const double start = thread_seconds();
    unwrap(session.step(token), "");
    if (run >= 0) longest = std::max(longest, thread_seconds() - start);
  }
  return static_cast<float>(1e6 * longest);
}

}  // namespace

SessionOptions with_step_bounds(const Model& model, SessionOptions options) {
  const bool known =
      std::any_of(options.step_bound_us.begin(), options.step_bound_us.end(), [](float us) { return us != 0; });
  if (options.deadline_us == 0 || known) return options;
  for (std::size_t tier = 0; tier < kTierCount; ++tier) {
    options.step_bound_us[tier] = longest_step_us(model, options, static_cast<Tier>(tier));
  }
  return options;
}

}  // namespace mgt::cli
