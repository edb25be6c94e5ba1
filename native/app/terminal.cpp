#include "app/terminal.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace mgt::cli {
namespace {

bool colours() noexcept {
  static const bool wanted = [] {
    const char* no_color = std::getenv("NO_COLOR");
    const char* term = std::getenv("TERM");
    return stdout_is_terminal() && (no_color == nullptr || *no_color == '\0') &&
           (term == nullptr || std::strcmp(term, "dumb") != 0);
  }();
  return wanted;
}

std::string styled(const char* code, const std::string& text) {
  return colours() ? "\x1b[" + std::string(code) + "m" + text + "\x1b[0m" : text;
}

/// Columns a text takes: characters, less the escape sequences of styled().
std::size_t columns(const std::string& text) {
  std::size_t count = 0;
  bool escape = false;
  for (const char c : text) {
    if (c == '\x1b') escape = true;
    if (!escape && (c & 0xC0) != 0x80) ++count;
    if (escape && c == 'm') escape = false;
  }
  return count;
}

}  // namespace

bool stdout_is_terminal() noexcept {
  return ::isatty(STDOUT_FILENO) == 1;
}
bool stderr_is_terminal() noexcept {
  return ::isatty(STDERR_FILENO) == 1;
}

std::string bold(const std::string& text) {
  return styled("1", text);
}
std::string dim(const std::string& text) {
  return styled("2", text);
}
std::string green(const std::string& text) {
  return styled("32", text);
}

std::string with_commas(std::uint64_t n) {
  std::string digits = std::to_string(n);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, 1, ',');
  return digits;
}

std::string counted(std::uint64_t n, const char* thing) {
  return with_commas(n) + " " + thing + (n == 1 ? "" : "s");
}

std::string six_digits(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", x);
  return text;
}

std::string fixed(double x, int digits) {
  if (!std::isfinite(x)) return "-";
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, x);
  return text;
}

std::string percent(double share, int digits) {
  return std::isfinite(share) ? fixed(100 * share, digits) + " %" : "-";
}

std::string signed_percent(double share) {
  return (share >= 0 ? "+" : "") + percent(share, 2);
}

std::string bytes_text(double n) {
  static constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  for (; n >= 999.95 && unit + 1 < std::size(kUnits); n /= 1000) ++unit;
  return fixed(n, unit == 0 ? 0 : 1) + " " + kUnits[unit];
}

std::string duration_text(double seconds) {
  if (!std::isfinite(seconds)) return "-";
  if (seconds < 1e-3) return fixed(seconds * 1e6, 0) + " us";
  if (seconds < 1) return fixed(seconds * 1e3, 0) + " ms";
  if (seconds < 60) return fixed(seconds, 1) + " s";
  const auto whole = static_cast<unsigned long long>(seconds);
  char text[40];
  std::snprintf(text, sizeof text, "%llu:%02llu min", whole / 60, whole % 60);
  return text;
}

std::string bar(double share, std::size_t width) {
  static constexpr const char* kEighths[] = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};
  const double clamped = std::isfinite(share) ? std::clamp(share, 0.0, 1.0) : 0.0;
  const auto filled = static_cast<std::size_t>(std::lround(clamped * static_cast<double>(width) * 8));
  std::string text;
  for (std::size_t i = 0; i < width; ++i)
    text += kEighths[std::min<std::size_t>(8, filled > 8 * i ? filled - 8 * i : 0)];
  return text;
}

std::string Table::text() const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], columns(row[c]));
  }
  std::string out;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t c = 0; c < row.size(); ++c) {
      const std::string space(widths[c] - columns(row[c]), ' ');
      line += "  " + (c == 0 ? row[c] + space : space + row[c]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

}  // namespace mgt::cli
