// What the options of all commands have in common: how numbers are read, and which option needs which other.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace mgt::cli {

/// The most bytes that an option may ask for: counts up to here are exact in JavaScript as well.
inline constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 53;
inline constexpr std::uint64_t kMostUint32 = std::numeric_limits<std::uint32_t>::max();
inline constexpr double kMostFloat = std::numeric_limits<float>::max();

/// Reads decimal digits. Errors: usage, naming the option, its text and the range.
std::uint64_t parse_whole(const std::string& option, const std::string& text, std::uint64_t least, std::uint64_t most);

/// Reads a decimal number, which is finite. Errors: usage, naming the option, its text and the range.
double parse_number(const std::string& option, const std::string& text, double least, double most);

/// Has an option's text read by parse_whole() or parse_number().
CLI::Option* read_whole(CLI::Option* option, std::uint64_t least, std::uint64_t most);
CLI::Option* read_number(CLI::Option* option, double least, double most);

/// An option for a whole number; every one is added here, so that all are read alike.
template <class T>
CLI::Option* add_whole(CLI::App& app, const std::string& name, T& value, const std::string& help, std::uint64_t least,
                       std::uint64_t most) {
  return read_whole(app.add_option(name, value, help), least, most);
}

/// An option for a number with a fraction; every one is added here.
template <class T>
CLI::Option* add_number(CLI::App& app, const std::string& name, T& value, const std::string& help,
                        double least = -kMostFloat, double most = kMostFloat) {
  return read_number(app.add_option(name, value, help), least, most);
}

/// Ends with a usage error where the option was given without `partner`, which it belongs to.
void expect_partner(const CLI::App& command, const std::string& option, bool has_partner, const std::string& partner);

/// Ends with a usage error at "--limit=", for which CLI11 would take the next word as its value.
void refuse_empty_values(const CLI::App& app, const std::vector<std::string>& words);

}  // namespace mgt::cli
