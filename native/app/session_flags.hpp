// The options that shape a session, shared by the commands that open one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mgt/session.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace mgt::cli {

/// The options of a session as typed: --model, --policy, --tier, ..., --deadline.
struct SessionFlags {
  std::string model;
  std::string policy = "default";
  std::string tier = "auto";
  std::string kv;
  std::string memory = "on";
  std::uint32_t window = 0;
  std::optional<std::uint32_t> replay;
  std::optional<float> memory_confidence;
  std::optional<float> exit_confidence;
  std::optional<float> energy_max;
  std::optional<float> energy_hysteresis;
  std::optional<std::string> rules;
  std::optional<float> deadline_us;
  std::vector<float> step_bound_us;

  void add_model(CLI::App& app);
  void add_all(CLI::App& app);
  void add_deadline(CLI::App& app);

  /// Ends with a usage error where one of add_all()'s options but --model was given without `partner`, which opens the
  /// session that they shape.
  void expect_partner(bool has_partner, const std::string& partner) const;

  /// What the words mean. Errors: usage, naming the option and what it takes.
  SessionOptions options() const;

 private:
  std::vector<const CLI::Option*> shaping_;  ///< what add_all() added behind --model
};

/// The policy of this name, as --policy and manifests have it.
std::optional<PolicyKind> find_policy(const std::string& name);

/// "dense, exact, ..."
std::string policy_names();

/// "auto" is no tier; "0" to "3" are. Errors: usage.
std::optional<Tier> parse_tier(const std::string& text);

/// "on" or "off". Errors: usage, naming `option`.
bool parse_switch(const char* option, const std::string& text);

/// "exact" or "propagate".
const char* name_of(KvMode kv) noexcept;

/// Session::create with errors worded for the command line.
Session open_session(const Model& model, const SessionOptions& options);

/// Obeys MGT_ARCH. Errors: usage, with the list of what this CPU runs.
void choose_arch();

}  // namespace mgt::cli
