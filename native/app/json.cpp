#include "app/json.hpp"

#include <charconv>
#include <cmath>
#include <limits>

#include "app/output.hpp"

namespace mgt::cli {
namespace {

std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void append(std::string& out, const Json& value, std::size_t indent) {
  if (value.is_number_float()) {
    out += json_number(value.get<double>());
  } else if (value.is_string()) {
    out += quoted(value.get_ref<const std::string&>());
  } else if (value.is_structured() && !value.empty()) {
    const bool is_object = value.is_object();
    const std::string line = "\n" + std::string(indent + 2, ' ');
    const char* separator = "";
    out += is_object ? "{" : "[";
    for (const auto& [key, element] : value.items()) {
      out += separator + line;
      if (is_object) out += quoted(key) + ": ";
      append(out, element, indent + 2);
      separator = ",";
    }
    out += "\n" + std::string(indent, ' ') + (is_object ? "}" : "]");
  } else {
    out += value.dump();
  }
}

}  // namespace

std::string json_number(double x) {
  if (!std::isfinite(x)) return "null";
  const double rounded = std::floor(x * 1e6 + 0.5) / 1e6;
  if (rounded == 0) return "0";  // no "-0"
  char digits[400];
  const auto end = std::to_chars(digits, digits + sizeof digits, rounded, std::chars_format::fixed).ptr;
  return {digits, end};
}

std::string json_text(const Json& value) {
  std::string out;
  append(out, value, 0);
  return out;
}

std::string hex16(std::uint64_t value) {
  std::string digits(16, '0');
  for (std::size_t i = 16; i-- > 0; value >>= 4) digits[i] = "0123456789abcdef"[value & 15];
  return digits;
}

double ratio(double a, double b) noexcept {
  return b == 0 ? std::numeric_limits<double>::quiet_NaN() : a / b;
}

Json tiers_json(std::span<const std::uint64_t> tiers) {
  Json json;
  for (std::size_t tier = 0; tier < tiers.size(); ++tier) json[std::to_string(tier)] = tiers[tier];
  return json;
}

void print_json(const Json& value) {
  print(json_text(value) + "\n");
}

}  // namespace mgt::cli
