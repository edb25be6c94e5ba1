// JSON as both command lines print it, byte for byte (the rules are in native/README.md).
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>

namespace mgt::cli {

using Json = nlohmann::ordered_json;

/// The decimal form of a number: rounded to 6 digits after the point as Math.round(x * 1e6) / 1e6 does, shortest form
/// that reads back, no exponent, no ".0". "null" where x is not finite.
std::string json_number(double x);

/// JSON.stringify(value, null, 2) with json_number() for every number that is not an integer.
std::string json_text(const Json& value);

/// 16 hex digits.
std::string hex16(std::uint64_t value);

/// a / b, or NaN (null in JSON) where b is 0.
double ratio(double a, double b) noexcept;

/// {"0": steps at tier 0, ...}
Json tiers_json(std::span<const std::uint64_t> tiers);

/// Prints the object and a newline.
void print_json(const Json& value);

}  // namespace mgt::cli
