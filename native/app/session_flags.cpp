#include "app/session_flags.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>

#include "app/failure.hpp"
#include "mgt/kernels.hpp"

namespace mgt::cli {
namespace {

PolicyKind parse_policy(const std::string& text) {
  std::string known;
  for (int i = 0; i <= static_cast<int>(PolicyKind::custom); ++i) {
    const auto kind = static_cast<PolicyKind>(i);
    if (text == mgt::name_of(kind)) return kind;
    known += std::string(known.empty() ? "" : ", ") + mgt::name_of(kind);
  }
  fail_usage("--policy " + text + ": expected one of " + known);
}

}  // namespace

void SessionFlags::add_model(CLI::App& app) {
  app.add_option("--model", model, "GGUF file, or micro, baseline or baseline-int4 (default: $MGT_MODEL, or baseline)")
      ->type_name("FILE");
}

void SessionFlags::add_all(CLI::App& app) {
  add_model(app);
  app.add_option("--policy", policy, "dense, exact, conservative, default, permissive or custom")
      ->type_name("NAME")
      ->capture_default_str();
  app.add_option("--tier", tier, "Run every step at this tier: 0 to 3, or auto to let the gate choose")
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--kv", kv, "What a shortened step leaves behind: exact or propagate (default: the policy's)")
      ->type_name("MODE");
  app.add_option("--memory", memory, "Mix with the stream memory: on or off")
      ->type_name("on|off")
      ->capture_default_str();
  app.add_option("--window", window, "Attention window in tokens (default: the model's)")->type_name("N");
  app.add_option("--replay", replay,
                 "Positions of history in which work done before is found again; 0: off (default: 8192 for exact and "
                 "conservative)")
      ->type_name("N");
  app.add_option("--memory-confidence", memory_confidence, "With --policy custom: skip where the memory is this sure")
      ->type_name("X");
  app.add_option("--exit-confidence", exit_confidence, "With --policy custom: exit where the answer is this sure")
      ->type_name("X");
  app.add_option("--energy-max", energy_max,
                 "With --policy custom: skip or exit where the answer probably (this much) costs no bit more")
      ->type_name("X");
  app.add_option("--energy-hysteresis", energy_hysteresis,
                 "With --energy-max: after a step of all layers it holds lowered by this, in log-odds (default: 0.7)")
      ->type_name("X");
  add_deadline(app);
}

void SessionFlags::add_deadline(CLI::App& app) {
  app.add_option("--deadline", deadline_us, "Microseconds a step may take; the gate goes as deep as its bound allows")
      ->type_name("US");
  app.add_option("--step-bounds", step_bound_us,
                 "Bounds of a step at tier 0,1,2,3 in microseconds (default with --deadline: measured at the start)")
      ->type_name("US,US,US,US")
      ->delimiter(',')
      ->expected(static_cast<int>(kTierCount))
      ->allow_extra_args(false);  // one argument: the next may be a file
}

SessionOptions SessionFlags::options() const {
  SessionOptions options;
  options.policy = parse_policy(policy);
  options.tier = parse_tier(tier);
  options.memory = parse_switch("--memory", memory);
  options.window = window;
  options.replay = replay;
  if (!kv.empty()) {
    if (kv != "exact" && kv != "propagate") fail_usage("--kv " + kv + ": expected exact or propagate");
    options.kv = kv == "exact" ? KvMode::exact : KvMode::propagate;
  }
  const bool thresholds = memory_confidence || exit_confidence || energy_max || energy_hysteresis;
  if (thresholds && options.policy != PolicyKind::custom) {
    fail_usage("--memory-confidence, --exit-confidence and --energy-max need --policy custom, not " + policy);
  }
  if (!thresholds && options.policy == PolicyKind::custom) {
    fail_usage("--policy custom needs --energy-max, --memory-confidence or --exit-confidence");
  }
  if (memory_confidence) options.custom.memory_confidence = *memory_confidence;
  if (exit_confidence) options.custom.exit_confidence = *exit_confidence;
  if (energy_max) options.custom.energy_max = *energy_max;
  if (energy_hysteresis) options.custom.energy_hysteresis = *energy_hysteresis;
  if (!step_bound_us.empty() && !deadline_us) fail_usage("--step-bounds needs --deadline");
  if (deadline_us) options.deadline_us = *deadline_us;
  std::copy(step_bound_us.begin(), step_bound_us.end(), options.step_bound_us.begin());
  return options;
}

std::optional<Tier> parse_tier(const std::string& text) {
  if (text == "auto") return std::nullopt;
  if (text.size() == 1 && text[0] >= '0' && text[0] <= '3') return static_cast<Tier>(text[0] - '0');
  fail_usage("--tier " + text + ": expected auto, 0, 1, 2 or 3");
}

bool parse_switch(const char* option, const std::string& text) {
  if (text != "on" && text != "off") fail_usage(std::string(option) + " " + text + ": expected on or off");
  return text == "on";
}

const char* name_of(KvMode kv) noexcept {
  return kv == KvMode::exact ? "exact" : "propagate";
}

Session open_session(const Model& model, const SessionOptions& options) {
  return unwrap(Session::create(model, options), "");
}

void choose_arch() {
  const char* wanted = std::getenv("MGT_ARCH");
  if (wanted == nullptr || *wanted == '\0' || use_arch(wanted)) return;
  std::string known;
  for (const char* name : available_archs()) known += std::string(known.empty() ? "" : ", ") + name;
  fail_usage("MGT_ARCH=" + std::string(wanted) + ": not available here; this CPU runs " + known);
}

}  // namespace mgt::cli
