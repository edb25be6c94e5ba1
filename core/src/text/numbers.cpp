#include "text/numbers.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>

#include "text/big_decimal.hpp"

namespace mgt::text {
namespace {

constexpr int kMantissaBits = 24;
constexpr int kMinExponent = -149;  // of the smallest float, 2^-149
constexpr int kMaxExponent = 104;   // of the last bit of the largest float

/// A number as it was written: digits and where the point belongs.
struct Written {
  bool negative = false;
  std::string_view whole, fraction;
  int exponent = 0;
};

/// Takes the digits at the front of `text` away from it.
std::string_view take_digits(std::string_view& text) noexcept {
  std::size_t n = 0;
  while (n < text.size() && text[n] >= '0' && text[n] <= '9') ++n;
  const std::string_view digits = text.substr(0, n);
  text.remove_prefix(n);
  return digits;
}

bool take(std::string_view& text, char c) noexcept {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

/// The exponent behind an e, kept within what can matter: no text is long enough to make up for 10^100000.
bool take_exponent(std::string_view& text, int& exponent) noexcept {
  const bool negative = take(text, '-');
  if (!negative) take(text, '+');
  const std::string_view digits = take_digits(text);
  for (const char c : digits) exponent = std::min(100000, exponent * 10 + (c - '0'));
  if (negative) exponent = -exponent;
  return !digits.empty();
}

/// JSON's grammar, which is narrower than from_chars'.
std::optional<Written> split(std::string_view text) noexcept {
  Written number;
  number.negative = take(text, '-');
  number.whole = take_digits(text);
  if (number.whole.empty() || (number.whole.size() > 1 && number.whole.front() == '0')) return {};
  if (take(text, '.')) {
    number.fraction = take_digits(text);
    if (number.fraction.empty()) return {};
  }
  if ((take(text, 'e') || take(text, 'E')) && !take_exponent(text, number.exponent)) return {};
  return text.empty() ? std::optional(number) : std::nullopt;
}

/// What is short enough for one exact multiplication or division of doubles (Clinger, 1990): a correctly rounded
/// double, whose float is correctly rounded too unless it lies halfway between two.
bool read_short(const Written& number, float& out) noexcept {
  if (number.whole.size() + number.fraction.size() > 15) return false;  // 10^15 < 2^53
  const int exponent = number.exponent - static_cast<int>(number.fraction.size());
  if (std::abs(exponent) > 22) return false;  // 10^22 is the last power that is a double
  double digits = 0, power = 1;
  for (const std::string_view part : {number.whole, number.fraction}) {
    for (const char c : part) digits = digits * 10 + (c - '0');
  }
  for (int i = 0; i < std::abs(exponent); ++i) power *= 10;
  const double value = exponent < 0 ? digits / power : digits * power;
  constexpr std::uint64_t kDropped = (std::uint64_t{1} << 29) - 1;  // bits that a double has and a float has not
  if ((std::bit_cast<std::uint64_t>(value) & kDropped) == (kDropped >> 1) + 1) return false;
  if (value != 0 && (value < 1e-37 || value > 1e38)) return false;
  out = static_cast<float>(value);
  return true;
}

/// Scales the decimal until its whole part is a float's mantissa. False beyond the largest float.
bool round_to_float(BigDecimal value, float& out) noexcept {
  out = 0;
  if (value.is_zero() || value.point() < -60) return true;
  if (value.point() > 40) return false;
  int exponent = 0;  // the number is value x 2^exponent
  const auto scale = [&](int bits) {
    bits = std::min(bits, exponent - kMinExponent);
    value.multiply_by_power_of_two(bits);
    exponent -= bits;
  };
  // 8 digits make 24 to 27 bits; 10^n is at least 2^(3 n), so this cannot go too far.
  scale(value.point() > 8 ? 3 * (8 - value.point()) : 3 * (7 - value.point()));
  while (value.nearest_whole() >= 1u << kMantissaBits) scale(-1);
  while (value.nearest_whole() < 1u << (kMantissaBits - 1) && exponent > kMinExponent) scale(1);
  // A mantissa that rounds up to the next power of two carries into the exponent, which is right.
  const auto mantissa = static_cast<std::uint32_t>(value.nearest_whole());
  if (exponent > kMaxExponent || (exponent == kMaxExponent && mantissa >= 1u << kMantissaBits)) return false;
  const bool normal = mantissa >= 1u << (kMantissaBits - 1);
  const auto biased = static_cast<std::uint32_t>(normal ? exponent - kMinExponent : 0);
  out = std::bit_cast<float>((biased << (kMantissaBits - 1)) + mantissa);
  return true;
}

/// Writes text into a buffer that has room for it.
class Pen {
 public:
  explicit Pen(char* begin) noexcept : begin_(begin), at_(begin) {}
  void put(char c) noexcept { *at_++ = c; }
  void put(std::string_view s) noexcept { at_ = std::copy(s.begin(), s.end(), at_); }
  void digits(const BigDecimal& number, int from, int to) noexcept {
    for (int i = from; i < to; ++i) put(static_cast<char>('0' + number.digit(i)));
  }
  std::string_view text() const noexcept { return {begin_, static_cast<std::size_t>(at_ - begin_)}; }

 private:
  char* begin_;
  char* at_;
};

BigDecimal exact(double x) noexcept {
  int exponent = 0;
  const double fraction = std::frexp(x, &exponent);
  BigDecimal decimal(static_cast<std::uint64_t>(std::ldexp(fraction, 53)));
  decimal.multiply_by_power_of_two(exponent - 53);
  return decimal;
}

}  // namespace

bool read_float(std::string_view text, float& out) noexcept {
  const std::optional<Written> number = split(text);
  if (!number) return false;
  float magnitude = 0;
  if (!read_short(*number, magnitude)) {
    BigDecimal decimal;
    for (const char c : number->whole) decimal.append(static_cast<unsigned>(c - '0'));
    for (const char c : number->fraction) decimal.append(static_cast<unsigned>(c - '0'));
    decimal.multiply_by_power_of_ten(number->exponent - static_cast<int>(number->fraction.size()));
    if (!round_to_float(decimal, magnitude)) return false;
  }
  out = number->negative ? -magnitude : magnitude;
  return true;
}

std::string_view print(float x, std::span<char, kMaxNumberText> out) noexcept {
  const std::to_chars_result result = std::to_chars(out.data(), out.data() + out.size(), x);
  return {out.data(), static_cast<std::size_t>(result.ptr - out.data())};
}

std::string_view print(double x, std::span<char, kMaxNumberText> out) noexcept {
  constexpr int kDigits = 17;
  Pen pen(out.data());
  if (std::signbit(x)) pen.put('-');
  x = std::fabs(x);
  if (!std::isfinite(x) || x == 0) {
    pen.put(x == 0 ? "0" : x > 0 ? "inf" : "nan");
    return pen.text();
  }
  BigDecimal decimal = exact(x);
  decimal.round_to(kDigits);
  const int n = decimal.n_digits(), exponent = decimal.point() - 1;
  if (exponent < -4 || exponent >= kDigits) {
    pen.digits(decimal, 0, 1);
    if (n > 1) pen.put('.');
    pen.digits(decimal, 1, n);
    pen.put(exponent < 0 ? "e-" : "e+");
    const int size = std::abs(exponent);
    if (size >= 100) pen.put(static_cast<char>('0' + size / 100));
    pen.put(static_cast<char>('0' + size / 10 % 10));
    pen.put(static_cast<char>('0' + size % 10));
    return pen.text();
  }
  if (decimal.point() > 0) {
    pen.digits(decimal, 0, decimal.point());
  } else {
    pen.put("0");
  }
  if (n > decimal.point()) pen.put('.');
  for (int i = decimal.point(); i < 0; ++i) pen.put('0');
  pen.digits(decimal, std::max(decimal.point(), 0), n);
  return pen.text();
}

}  // namespace mgt::text
