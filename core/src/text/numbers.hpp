#pragma once

#include <span>
#include <string_view>

namespace mgt::text {

/// Longest text that print() makes, without a terminator.
inline constexpr std::size_t kMaxNumberText = 32;

/// Reads a number of JSON's grammar (-12, 0.5, 1e-7) as the nearest float, ties to even, the same on every target.
/// False where the text is no such number or lies beyond the largest float; below the smallest it is 0.
bool read_float(std::string_view text, float& out) noexcept;

/// The shortest text that reads back as `x` ("inf", "-inf" and "nan" included). Returns the part of `out` in use.
std::string_view print(float x, std::span<char, kMaxNumberText> out) noexcept;
/// printf's %.17g, which every double reads back from.
std::string_view print(double x, std::span<char, kMaxNumberText> out) noexcept;

}  // namespace mgt::text
