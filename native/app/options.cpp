#include "app/options.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

#include "app/failure.hpp"

namespace mgt::cli {
namespace {

/// A range that is worth a place in the help; others end where the type does.
constexpr double kMostShown = 1 << 30;

std::string shortest(double x) {
  char digits[32];
  return {digits, std::to_chars(digits, digits + sizeof digits, x).ptr};
}

/// All of `text` as a T, in the decimal form that std::from_chars reads.
template <class T>
bool read_all(const std::string& text, T& value) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc{} && stop == end;
}

}  // namespace

std::uint64_t parse_whole(const std::string& option, const std::string& text, std::uint64_t least, std::uint64_t most) {
  std::uint64_t value = 0;
  if (!read_all(text, value) || value < least || value > most) {
    fail_usage(option + " " + text + ": expected a whole number from " + std::to_string(least) + " to " +
               std::to_string(most));
  }
  return value;
}

double parse_number(const std::string& option, const std::string& text, double least, double most) {
  double value = 0;
  if (!read_all(text, value) || !std::isfinite(value) || value < least || value > most) {
    const std::string range = most < kMostFloat ? " from " + shortest(least) + " to " + shortest(most) : "";
    fail_usage(option + " " + text + ": expected a number" + range);
  }
  return value;
}

CLI::Option* read_whole(CLI::Option* option, std::uint64_t least, std::uint64_t most) {
  const auto read = [name = option->get_name(), least, most](const std::string& text) {
    return std::to_string(parse_whole(name, text, least, most));  // CLI11 would read "010" as octal
  };
  const bool shown = static_cast<double>(most) <= kMostShown;
  return option->transform(read, shown ? std::to_string(least) + " to " + std::to_string(most) : "");
}

CLI::Option* read_number(CLI::Option* option, double least, double most) {
  const auto read = [name = option->get_name(), least, most](const std::string& text) {
    parse_number(name, text, least, most);
    return text;
  };
  return option->transform(read, most <= kMostShown ? shortest(least) + " to " + shortest(most) : "");
}

void expect_partner(const CLI::App& command, const std::string& option, bool has_partner, const std::string& partner) {
  if (command.count(option) > 0 && !has_partner) fail_usage(option + " needs " + partner);
}

void refuse_empty_values(const CLI::App& app, const std::vector<std::string>& words) {
  const auto commands = app.get_subcommands([](const CLI::App*) { return true; });
  for (const std::string& word : words) {
    if (word == "--") return;
    if (!word.starts_with("--") || !word.ends_with('=')) continue;
    const std::string name = word.substr(0, word.size() - 1);
    if (std::any_of(commands.begin(), commands.end(),
                    [&](const CLI::App* command) { return command->get_option_no_throw(name) != nullptr; })) {
      fail_usage(word + ": expected a value behind =");
    }
  }
}

}  // namespace mgt::cli
