#include "app/session_flags.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>

#include "app/failure.hpp"
#include "app/options.hpp"
#include "app/rules.hpp"
#include "mgt/kernels.hpp"

namespace mgt::cli {
namespace {

PolicyKind parse_policy(const std::string& text) {
  const std::optional<PolicyKind> kind = find_policy(text);
  if (!kind) fail_usage("--policy " + text + ": expected one of " + policy_names());
  return *kind;
}

/// One argument, since the next may be a file.
std::vector<float> parse_step_bounds(const std::string& text) {
  std::vector<float> bounds;
  for (const std::string& bound : CLI::detail::split(text, ',')) {
    bounds.push_back(static_cast<float>(parse_number("--step-bounds", bound, -kMostFloat, kMostFloat)));
  }
  if (bounds.size() != kTierCount) {
    fail_usage("--step-bounds " + text + ": expected " + std::to_string(kTierCount) + " numbers, not " +
               std::to_string(bounds.size()));
  }
  return bounds;
}

}  // namespace

void SessionFlags::add_model(CLI::App& app) {
  app.add_option("--model", model, "GGUF file, or micro, baseline or baseline-int4 (default: $MGT_MODEL, or baseline)")
      ->type_name("FILE");
}

void SessionFlags::add_all(CLI::App& app) {
  add_model(app);
  const std::size_t first = app.get_options().size();
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
  add_whole(app, "--window", window, "Attention window in tokens (default: the model's)", 0, kMostUint32)
      ->type_name("N");
  add_whole(app, "--replay", replay,
            "Positions of history in which work done before is found again; 0: off (default: 8192 for exact and "
            "conservative)",
            0, kMostUint32)
      ->type_name("N");
  add_number(app, "--memory-confidence", memory_confidence,
             "With --policy custom: skip where the memory is this certain")
      ->type_name("X");
  add_number(app, "--exit-confidence", exit_confidence, "With --policy custom: exit where the answer is this sure")
      ->type_name("X");
  add_number(app, "--energy-max", energy_max,
             "With --policy custom: skip or exit where the probability that the answer costs over a bit more than all "
             "layers' would is at most this")
      ->type_name("X");
  add_number(app, "--energy-hysteresis", energy_hysteresis,
             "With --energy-max: after a step of all layers it holds lowered by this, in log-odds (default: 0.7)")
      ->type_name("X");
  app.add_option("--rules", rules, "With --policy custom: thresholds of the safety rules, of " + rule_names())
      ->type_name("NAME=N,...");
  add_deadline(app);
  const std::vector<CLI::Option*> all = app.get_options();
  shaping_.assign(all.begin() + static_cast<std::ptrdiff_t>(first), all.end());
}

void SessionFlags::add_deadline(CLI::App& app) {
  add_number(app, "--deadline", deadline_us, "Microseconds a step may take; the gate goes as deep as its bound allows")
      ->type_name("US");
  app.add_option_function<std::string>(
         "--step-bounds", [this](const std::string& text) { step_bound_us = parse_step_bounds(text); },
         "Bounds of a step at tier 0,1,2,3 in microseconds (default with --deadline: measured at the start)")
      ->type_name("US,US,US,US");
}

void SessionFlags::expect_partner(bool has_partner, const std::string& partner) const {
  for (const CLI::Option* option : shaping_) {
    if (option->count() > 0 && !has_partner) fail_usage(option->get_name() + " needs " + partner);
  }
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
  const bool thresholds = memory_confidence || exit_confidence || energy_max;
  if (energy_hysteresis && !energy_max) fail_usage("--energy-hysteresis needs --energy-max");
  if (thresholds && options.policy != PolicyKind::custom) {
    fail_usage("--memory-confidence, --exit-confidence and --energy-max need --policy custom, not " + policy);
  }
  if (rules && options.policy != PolicyKind::custom) fail_usage("--rules needs --policy custom, not " + policy);
  if (!thresholds && !rules && options.policy == PolicyKind::custom) {
    fail_usage("--policy custom needs --energy-max, --memory-confidence, --exit-confidence or --rules");
  }
  if (rules) apply_rules(*rules, options.custom);
  if (memory_confidence) options.custom.memory_confidence = *memory_confidence;
  if (exit_confidence) options.custom.exit_confidence = *exit_confidence;
  if (energy_max) options.custom.energy_max = *energy_max;
  if (energy_hysteresis) options.custom.energy_hysteresis = *energy_hysteresis;
  if (!step_bound_us.empty() && !deadline_us) fail_usage("--step-bounds needs --deadline");
  if (deadline_us) options.deadline_us = *deadline_us;
  std::copy(step_bound_us.begin(), step_bound_us.end(), options.step_bound_us.begin());
  return options;
}

std::optional<PolicyKind> find_policy(const std::string& name) {
  for (int i = 0; i <= static_cast<int>(PolicyKind::custom); ++i) {
    if (name == mgt::name_of(static_cast<PolicyKind>(i))) return static_cast<PolicyKind>(i);
  }
  return std::nullopt;
}

std::string policy_names() {
  std::string names;
  for (int i = 0; i <= static_cast<int>(PolicyKind::custom); ++i) {
    names += std::string(names.empty() ? "" : ", ") + mgt::name_of(static_cast<PolicyKind>(i));
  }
  return names;
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
