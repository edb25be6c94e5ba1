#include "text/format.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "text/numbers.hpp"

namespace mgt::text {
namespace {

/// Fills a buffer and drops what no longer fits; the last byte is the terminator's.
class Output {
 public:
  explicit Output(std::span<char> out) noexcept : out_(out.first(out.size() - 1)) {}
  ~Output() { *out_.data() = '\0'; }

  void put(char c) noexcept {
    if (out_.empty()) return;
    out_.front() = c;
    out_ = out_.subspan(1);
  }
  void put(std::string_view text) noexcept {
    for (const char c : text) put(c);
  }

 private:
  std::span<char> out_;  // what is still free
};

/// What stands between % and the letter.
struct Conversion {
  std::size_t zero_padded_to = 0;
  bool precision_follows = false;  // .*
  int longs = 0;                   // l and ll
  bool size = false;               // z
  char letter = '\0';
};

/// Reads a conversion behind its %, and leaves `format` behind its letter.
Conversion read_conversion(const char*& format) noexcept {
  Conversion c;
  if (*format >= '1' && *format <= '9') return c;  // padding with spaces
  if (*format == '0') ++format;
  for (; *format >= '0' && *format <= '9'; ++format) {
    c.zero_padded_to = c.zero_padded_to * 10 + static_cast<std::size_t>(*format - '0');
  }
  if (format[0] == '.' && format[1] == '*') {
    c.precision_follows = true;
    format += 2;
  }
  for (; *format == 'l'; ++format) ++c.longs;
  for (; *format == 'z'; ++format) c.size = true;
  c.letter = *format;
  if (*format != '\0') ++format;
  return c;
}

void put_integer(Output& out, const Conversion& c, std::uint64_t magnitude, bool negative) noexcept {
  char digits[24];
  const std::to_chars_result end = std::to_chars(digits, digits + sizeof digits, magnitude, c.letter == 'x' ? 16 : 10);
  const auto n = static_cast<std::size_t>(end.ptr - digits);
  if (negative) out.put('-');
  for (std::size_t i = n; i < c.zero_padded_to; ++i) out.put('0');
  out.put({digits, n});
}

}  // namespace

void format_text_v(std::span<char> out, const char* format, std::va_list args) noexcept {
  Output output(out);
  while (*format != '\0') {
    if (*format != '%') {
      output.put(*format++);
      continue;
    }
    ++format;
    const Conversion c = read_conversion(format);
    const int precision = c.precision_follows ? va_arg(args, int) : -1;
    switch (c.letter) {
      case 's': {
        const char* text = va_arg(args, const char*);
        output.put(precision < 0 ? std::string_view(text)
                                 : std::string_view(text, static_cast<std::size_t>(precision)));
        break;
      }
      case 'c':
        output.put(static_cast<char>(va_arg(args, int)));
        break;
      case 'd': {
        const std::int64_t n = c.longs > 1    ? va_arg(args, long long)
                               : c.longs == 1 ? va_arg(args, long)
                               : c.size       ? va_arg(args, std::ptrdiff_t)
                                              : va_arg(args, int);
        const auto bits = static_cast<std::uint64_t>(n);
        put_integer(output, c, n < 0 ? 0 - bits : bits, n < 0);
        break;
      }
      case 'u':
      case 'x':
        put_integer(output, c,
                    c.longs > 1    ? va_arg(args, unsigned long long)
                    : c.longs == 1 ? va_arg(args, unsigned long)
                    : c.size       ? va_arg(args, std::size_t)
                                   : va_arg(args, unsigned),
                    false);
        break;
      case 'g': {
        char text[kMaxNumberText];
        output.put(print(static_cast<float>(va_arg(args, double)), text));
        break;
      }
      case '%':
        output.put('%');
        break;
      default:  // its argument is of a size that is not known here: nothing behind it can be read
        output.put("...");
        return;
    }
  }
}

void format_text(std::span<char> out, const char* format, ...) noexcept {
  std::va_list args;
  va_start(args, format);
  format_text_v(out, format, args);
  va_end(args);
}

}  // namespace mgt::text
