#include "mgt/trace.hpp"

#include <charconv>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "witness/trace_fields.hpp"
#include "witness/trace_scanner.hpp"

namespace mgt {
namespace {

/// Appends to a span; once something does not fit, nothing more is written.
class LineWriter {
 public:
  explicit LineWriter(std::span<char> out) noexcept : begin_(out.data()), at_(begin_), end_(begin_ + out.size()) {}

  template <class Field>
  void operator()(const char* name, const Field& field) noexcept {
    text(at_ == begin_ ? "{\"" : ",\"");
    text(name);
    text("\":");
    value(field);
  }

  std::size_t finish() noexcept {
    text("}");
    return full_ ? 0 : static_cast<std::size_t>(at_ - begin_);
  }

 private:
  void text(std::string_view s) noexcept {
    full_ = full_ || s.size() > static_cast<std::size_t>(end_ - at_);
    if (full_) return;
    std::memcpy(at_, s.data(), s.size());
    at_ += s.size();
  }

  template <class Number>
  void number(Number n) noexcept {
    const std::to_chars_result result = std::to_chars(at_, end_, n);
    full_ = full_ || result.ec != std::errc{};
    if (!full_) at_ = result.ptr;
  }

  void value(bool b) noexcept { text(b ? "true" : "false"); }
  void value(Tier tier) noexcept { number(static_cast<unsigned>(tier)); }
  void value(float x) noexcept { std::isfinite(x) ? number(x) : text("null"); }
  void value(detail::Hex<const std::uint64_t> hex) noexcept {
    char digits[18];
    digits[0] = digits[17] = '"';
    for (int i = 0; i < 16; ++i) digits[1 + i] = "0123456789abcdef"[hex.value >> (60 - 4 * i) & 15];
    text({digits, sizeof digits});
  }
  template <class T>
  void value(const T& v) noexcept {
    if constexpr (std::is_enum_v<T>) {
      text("\"");
      text(name_of(v));
      text("\"");
    } else {
      number(v);
    }
  }

  char* begin_;
  char* at_;
  char* end_;
  bool full_ = false;
};

/// Fills the field named `key` from the scanner's next value.
class FieldReader {
 public:
  FieldReader(detail::TraceScanner& scanner, std::string_view key) noexcept : scanner_(scanner), key_(key) {}

  template <class Field>
  void operator()(const char* name, Field&& field) noexcept {
    if (key_ == name) {
      found = index_;
      scanner_.value(name, field);
    }
    ++index_;
  }

  std::size_t found = detail::kWitnessFields;

 private:
  detail::TraceScanner& scanner_;
  std::string_view key_;
  std::size_t index_ = 0;
};

/// The name of the first field whose bit is not set in `seen`.
const char* first_missing(std::uint64_t seen) noexcept {
  const char* missing = nullptr;
  std::size_t index = 0;
  const Witness any;
  detail::visit_fields(any, [&](const char* name, const auto&) noexcept {
    if (missing == nullptr && (seen >> index & 1) == 0) missing = name;
    ++index;
  });
  return missing;
}

}  // namespace

std::size_t format_trace_line(const Witness& witness, std::span<char> out) noexcept {
  LineWriter writer(out);
  detail::visit_fields(witness, writer);
  return writer.finish();
}

Expected<Witness> parse_trace_line(std::string_view line) noexcept {
  Witness witness;
  std::uint64_t seen = 0;
  detail::TraceScanner scanner(line);
  scanner.expect('{');
  do {
    const std::string_view key = scanner.string("a field name");
    scanner.expect(':');
    if (scanner.failed()) break;
    FieldReader reader(scanner, key);
    detail::visit_fields(witness, reader);
    if (reader.found == detail::kWitnessFields)
      scanner.fail_field("no such field", key);
    else if (seen >> reader.found & 1)
      scanner.fail_field("given twice", key);
    else
      seen |= std::uint64_t{1} << reader.found;
  } while (!scanner.failed() && scanner.accept(','));
  scanner.expect('}');
  scanner.expect_end();
  if (scanner.failed()) return std::unexpected(scanner.error());
  if (const char* missing = first_missing(seen)) return fail(Errc::bad_trace, "%s: missing", missing);
  return witness;
}

}  // namespace mgt
