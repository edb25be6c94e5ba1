// --rules: the thresholds of the gate's safety rules, for --policy custom.
#pragma once

#include <string>

#include "mgt/gate.hpp"

namespace mgt::cli {

/// "lambda_min, drop_ratio_q15_max, ...": the fields of GatePolicy that --rules takes.
std::string rule_names();

/// Sets what the text says: "name=number", with commas between them.
/// Errors: usage, naming the rule, its text and the range.
void apply_rules(const std::string& text, GatePolicy& policy);

}  // namespace mgt::cli
