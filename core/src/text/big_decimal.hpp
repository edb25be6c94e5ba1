#pragma once

#include <array>
#include <cstdint>

namespace mgt::text {

/// A number >= 0 in as many decimal digits as it takes, for what must be exact and has no routine that every target
/// can afford: reading a float (libc's costs WebAssembly 128-bit arithmetic) and printing a double.
/// The value is 0.d1 d2 d3 ... x 10^point. Cost: the number of digits per 56 bits of shift.
class BigDecimal {
 public:
  /// Zero.
  BigDecimal() noexcept = default;
  explicit BigDecimal(std::uint64_t whole) noexcept;

  /// One more digit on the right, moving the point: 12 and 3 make 123. Leading zeros count for nothing.
  void append(unsigned digit) noexcept;
  void multiply_by_power_of_ten(int exponent) noexcept { point_ += exponent; }
  void multiply_by_power_of_two(int exponent) noexcept;
  /// To the nearest number of at most `n` digits, ties to even.
  void round_to(int n) noexcept;

  bool is_zero() const noexcept { return n_ == 0; }
  int n_digits() const noexcept { return n_; }
  /// From the left; 0 beyond the last.
  unsigned digit(int i) const noexcept { return i < n_ ? digits_[static_cast<std::size_t>(i)] : 0; }
  int point() const noexcept { return point_; }
  /// The nearest whole number, ties to even. The value must be below 10^18.
  std::uint64_t nearest_whole() const noexcept;

 private:
  /// Every double has fewer. Digits of a longer text only leave their trace in more_.
  static constexpr int kMaxDigits = 800;

  void shift_left(int bits) noexcept;
  void shift_right(int bits) noexcept;
  void push(unsigned digit) noexcept;
  void trim() noexcept;
  bool rounds_up(int kept) const noexcept;

  std::array<std::uint8_t, kMaxDigits> digits_{};
  int n_ = 0;
  int point_ = 0;
  /// Something but zeros stood right of the last digit.
  bool more_ = false;
};

}  // namespace mgt::text
