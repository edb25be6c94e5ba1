#include "witness/trace_scanner.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "text/format.hpp"
#include "text/numbers.hpp"

namespace mgt::detail {
namespace {

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

/// The same where char has a sign and where it has none.
bool is_control(char c) noexcept {
  return static_cast<unsigned char>(c) < ' ';
}

/// As much of a stranger's text as an error quotes.
std::string_view quoted(std::string_view text) noexcept {
  return text.substr(0, 40);
}

/// JSON knows no 007, from_chars does.
bool has_leading_zero(std::string_view number) noexcept {
  if (number.starts_with('-')) number.remove_prefix(1);
  return number.size() > 1 && number.front() == '0';
}

}  // namespace

void TraceScanner::skip_space() noexcept {
  while (at_ < line_.size() && (line_[at_] == ' ' || line_[at_] == '\t' || line_[at_] == '\r')) ++at_;
}

bool TraceScanner::accept(char c) noexcept {
  if (failed_) return false;
  skip_space();
  if (at_ >= line_.size() || line_[at_] != c) return false;
  ++at_;
  return true;
}

void TraceScanner::expect(char c) noexcept {
  if (failed_ || accept(c)) return;
  failed_ = true;
  error_ = Error::make(
      Errc::bad_trace,
      at_ < line_.size() ? "column %zu: expected '%c'" : "column %zu: expected '%c', the line ends here", at_ + 1, c);
}

void TraceScanner::expect_end() noexcept {
  if (failed_) return;
  skip_space();
  if (at_ == line_.size()) return;
  failed_ = true;
  error_ = Error::make(Errc::bad_trace, "column %zu: text after the record", at_ + 1);
}

std::string_view TraceScanner::string(const char* what) noexcept {
  if (failed_) return {};
  if (!accept('"')) {
    failed_ = true;
    error_ = Error::make(Errc::bad_trace, "column %zu: expected %s in quotes", at_ + 1, what);
    return {};
  }
  const std::size_t start = at_;
  while (at_ < line_.size() && line_[at_] != '"' && line_[at_] != '\\' && !is_control(line_[at_])) ++at_;
  const std::string_view text = line_.substr(start, at_ - start);
  if (at_ < line_.size() && line_[at_] == '"') {
    ++at_;
    return text;
  }
  // Not expect(): it would take the space before a quote for space between tokens.
  failed_ = true;
  error_ = Error::make(Errc::bad_trace, "column %zu: expected the end of %s in quotes", at_ + 1, what);
  return {};
}

/// The run of characters that a number or a literal is made of.
std::string_view TraceScanner::word() noexcept {
  skip_space();
  const std::size_t start = at_;
  while (at_ < line_.size() && line_[at_] != ',' && line_[at_] != '}' && line_[at_] != ' ' && !is_control(line_[at_])) {
    ++at_;
  }
  return line_.substr(start, at_ - start);
}

void TraceScanner::fail_field(const char* why, std::string_view field) noexcept {
  if (failed_) return;
  failed_ = true;
  const std::string_view text = quoted(field);
  error_ = Error::make(Errc::bad_trace, "%.*s: %s", static_cast<int>(text.size()), text.data(), why);
}

void TraceScanner::fail_value(const char* name, const char* expected, std::string_view found) noexcept {
  if (failed_) return;
  failed_ = true;
  const std::string_view text = quoted(found);
  error_ = Error::make(Errc::bad_trace, "%s: expected %s, found '%.*s'", name, expected, static_cast<int>(text.size()),
                       text.data());
}

template <class Int>
void TraceScanner::integer(const char* name, Int low, Int high, Int& out) noexcept {
  if (failed_) return;
  const std::string_view text = word();
  Int number{};
  const std::from_chars_result result = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool read = result.ec == std::errc{} && result.ptr == text.data() + text.size() && !has_leading_zero(text);
  if (read && number >= low && number <= high) return void(out = number);
  char expected[64];
  text::format_text(expected, "a number from %lld to %llu", static_cast<long long>(low),
                    static_cast<unsigned long long>(high));
  fail_value(name, expected, text);
}

template <class Enum>
void TraceScanner::named(const char* name, Enum last, Enum& out) noexcept {
  const std::string_view text = string(name);
  if (failed_) return;
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    if (text != name_of(static_cast<Enum>(i))) continue;
    out = static_cast<Enum>(i);
    return;
  }
  fail_value(name, "a name of this field", text);
}

void TraceScanner::value(const char* name, bool& out) noexcept {
  if (failed_) return;
  const std::string_view text = word();
  if (text != "true" && text != "false") return fail_value(name, "true or false", text);
  out = text == "true";
}

void TraceScanner::value(const char* name, float& out) noexcept {
  if (failed_) return;
  const std::string_view text = word();
  if (!text::read_float(text, out)) fail_value(name, "a number in float's range", text);
}

void TraceScanner::value(const char* name, std::uint64_t& out) noexcept {
  integer(name, std::uint64_t{0}, std::numeric_limits<std::uint64_t>::max(), out);
}
void TraceScanner::value(const char* name, std::uint32_t& out) noexcept {
  integer(name, std::uint32_t{0}, std::numeric_limits<std::uint32_t>::max(), out);
}
void TraceScanner::value(const char* name, std::uint16_t& out) noexcept {
  integer(name, std::uint16_t{0}, std::numeric_limits<std::uint16_t>::max(), out);
}
void TraceScanner::value(const char* name, std::int32_t& out) noexcept {
  integer(name, std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max(), out);
}

void TraceScanner::value(const char* name, Tier& out) noexcept {
  auto number = static_cast<std::uint16_t>(out);
  integer(name, std::uint16_t{0}, static_cast<std::uint16_t>(Tier::skip), number);
  out = static_cast<Tier>(number);
}
void TraceScanner::value(const char* name, GateDecision& out) noexcept {
  named(name, GateDecision::QuarantineUpdates, out);
}
void TraceScanner::value(const char* name, GateReason& out) noexcept {
  named(name, GateReason::KillSwitch, out);
}

void TraceScanner::value(const char* name, Hex<std::uint64_t> out) noexcept {
  const std::string_view text = string(name);
  if (failed_) return;
  const auto is_hex = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); };
  if (text.size() != 16 || !std::all_of(text.begin(), text.end(), is_hex)) {
    return fail_value(name, "16 hex digits", text);
  }
  std::from_chars(text.data(), text.data() + text.size(), out.value, 16);
}

}  // namespace mgt::detail
