// What people read: colours where they are wanted, numbers in groups, columns that line up.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mgt::cli {

bool stdout_is_terminal() noexcept;
bool stderr_is_terminal() noexcept;

/// Emphasis on stdout; plain text unless stdout is a terminal, NO_COLOR is unset and TERM is not "dumb".
std::string bold(const std::string& text);
std::string dim(const std::string& text);
std::string green(const std::string& text);

std::string with_commas(std::uint64_t n);                 ///< "1,234,567"
std::string counted(std::uint64_t n, const char* thing);  ///< "1 byte", "2,300 bytes"
std::string six_digits(double x);                         ///< significant ones, as short as they allow: what was asked
std::string fixed(double x, int digits);                  ///< "-" where x is not finite
std::string percent(double share, int digits = 1);        ///< "12.3 %" for 0.123
std::string signed_percent(double share);                 ///< "+0.3 %"
std::string bytes_text(double n);                         ///< "1.2 MB", powers of 1000
std::string duration_text(double seconds);                ///< "850 ms", "12.3 s", "3:07 min"
std::string bar(double share, std::size_t width);         ///< eighths of a block; `width` columns

/// Rows of cells, printed in columns: the first flush left, the others flush right.
class Table {
 public:
  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  /// Every line indented by two spaces and ended by a newline.
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace mgt::cli
