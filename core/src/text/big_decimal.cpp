#include "text/big_decimal.hpp"

#include <algorithm>
#include <cstdlib>
#include <functional>

namespace mgt::text {
namespace {

/// 10 x 2^56 and a carry stay below 2^64.
constexpr int kMaxShift = 56;

}  // namespace

BigDecimal::BigDecimal(std::uint64_t whole) noexcept {
  std::array<std::uint8_t, 20> reversed;
  int n = 0;
  for (; whole > 0; whole /= 10) reversed[static_cast<std::size_t>(n++)] = static_cast<std::uint8_t>(whole % 10);
  while (n > 0) append(reversed[static_cast<std::size_t>(--n)]);
}

void BigDecimal::append(unsigned digit) noexcept {
  if (n_ == 0 && digit == 0) return;
  push(digit);
  ++point_;
}

void BigDecimal::push(unsigned digit) noexcept {
  if (n_ == kMaxDigits) {
    more_ = more_ || digit != 0;
    return;
  }
  digits_[static_cast<std::size_t>(n_++)] = static_cast<std::uint8_t>(digit);
}

void BigDecimal::trim() noexcept {
  while (n_ > 0 && digits_[static_cast<std::size_t>(n_ - 1)] == 0) --n_;
}

void BigDecimal::multiply_by_power_of_two(int exponent) noexcept {
  while (exponent != 0 && n_ > 0) {
    const int bits = std::min(std::abs(exponent), kMaxShift);
    exponent > 0 ? shift_left(bits) : shift_right(bits);
    exponent += exponent > 0 ? -bits : bits;
  }
}

/// Long multiplication from the right; what is carried out at the left becomes the new leading digits.
void BigDecimal::shift_left(int bits) noexcept {
  std::uint64_t carry = 0;
  for (int i = n_; i-- > 0;) {
    std::uint8_t& digit = digits_[static_cast<std::size_t>(i)];
    carry += static_cast<std::uint64_t>(digit) << bits;
    digit = static_cast<std::uint8_t>(carry % 10);
    carry /= 10;
  }
  BigDecimal shifted(carry);
  for (int i = 0; i < n_; ++i) shifted.push(digits_[static_cast<std::size_t>(i)]);
  shifted.point_ += point_;
  shifted.more_ = shifted.more_ || more_;
  shifted.trim();
  *this = shifted;
}

/// Long division from the left.
void BigDecimal::shift_right(int bits) noexcept {
  const std::uint64_t mask = (std::uint64_t{1} << bits) - 1;
  std::uint64_t rest = 0;
  BigDecimal shifted;
  shifted.point_ = point_;
  shifted.more_ = more_;
  for (int i = 0; i < n_ || rest > 0; ++i) {
    rest = rest * 10 + digit(i);
    const auto quotient = static_cast<unsigned>(rest >> bits);
    rest &= mask;
    if (shifted.n_ == 0 && quotient == 0) {
      --shifted.point_;
    } else {
      shifted.push(quotient);
    }
  }
  shifted.trim();
  *this = shifted;
}

/// Whether the value is nearer to the number one above its first `kept` digits.
bool BigDecimal::rounds_up(int kept) const noexcept {
  if (kept < 0 || digit(kept) != 5) return kept >= 0 && digit(kept) > 5;
  const bool beyond_half = more_ || std::any_of(digits_.begin() + kept + 1, digits_.begin() + n_, std::identity{});
  if (beyond_half) return true;
  return kept > 0 && digit(kept - 1) % 2 == 1;
}

void BigDecimal::round_to(int n) noexcept {
  if (n >= n_) return;
  const bool up = rounds_up(n);
  n_ = n;
  more_ = false;
  if (!up) return trim();
  while (n_ > 0 && digits_[static_cast<std::size_t>(n_ - 1)] == 9) --n_;
  if (n_ > 0) {
    ++digits_[static_cast<std::size_t>(n_ - 1)];
  } else {
    push(1);
    ++point_;
  }
}

std::uint64_t BigDecimal::nearest_whole() const noexcept {
  std::uint64_t whole = 0;
  for (int i = 0; i < point_; ++i) whole = whole * 10 + digit(i);
  return whole + (rounds_up(point_) ? 1 : 0);
}

}  // namespace mgt::text
