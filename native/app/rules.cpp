#include "app/rules.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <optional>
#include <type_traits>

#include "app/failure.hpp"
#include "app/options.hpp"

namespace mgt::cli {
namespace {

struct Rule {
  const char* name;
  std::optional<std::uint64_t> most;  ///< none: any number, with a fraction
  void (*set)(GatePolicy& policy, double value);
};

/// One field, whatever its type.
template <auto field>
constexpr auto set = [](GatePolicy& policy, double value) {
  policy.*field = static_cast<std::remove_reference_t<decltype(policy.*field)>>(value);
};

constexpr std::uint64_t kMostUint16 = 0xffff;
constexpr Rule kRules[] = {
    {"lambda_min", kMostUint32, set<&GatePolicy::lambda_min>},
    {"drop_ratio_q15_max", kMostUint16, set<&GatePolicy::drop_ratio_q15_max>},
    {"boundary_edges_max", kMostUint16, set<&GatePolicy::boundary_edges_max>},
    {"boundary_concentration_q15_max", kMostUint16, set<&GatePolicy::boundary_concentration_q15_max>},
    {"partitions_max", kMostUint16, set<&GatePolicy::partitions_max>},
    {"spike_rate_q15_max", kMostUint16, set<&GatePolicy::spike_rate_q15_max>},
    {"spike_novelty_q15_min", kMostUint16, set<&GatePolicy::spike_novelty_q15_min>},
    {"spike_fire_nats", std::nullopt, set<&GatePolicy::spike_fire_nats>},
    {"allow_kv_write_when_unstable", 1, set<&GatePolicy::allow_kv_write_when_unstable>},
    {"allow_external_write_when_unstable", 1, set<&GatePolicy::allow_external_write_when_unstable>},
};

double parse_value(const Rule& rule, const std::string& text) {
  const std::string option = std::string("--rules ") + rule.name;
  if (!rule.most) return parse_number(option, text, -kMostFloat, kMostFloat);
  return static_cast<double>(parse_whole(option, text, 0, *rule.most));
}

}  // namespace

std::string rule_names() {
  std::string names;
  for (const Rule& rule : kRules) names += std::string(names.empty() ? "" : ", ") + rule.name;
  return names;
}

void apply_rules(const std::string& text, GatePolicy& policy) {
  for (const std::string& part : CLI::detail::split(text, ',')) {
    const std::size_t equals = part.find('=');
    const std::string name = part.substr(0, equals);
    const Rule* rule = std::ranges::find(kRules, name, &Rule::name);
    if (equals == std::string::npos || rule == std::end(kRules)) {
      fail_usage("--rules " + part + ": expected NAME=NUMBER with one of " + rule_names());
    }
    rule->set(policy, parse_value(*rule, part.substr(equals + 1)));
  }
}

}  // namespace mgt::cli
