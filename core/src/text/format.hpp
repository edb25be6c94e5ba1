#pragma once

#include <cstdarg>
#include <span>

namespace mgt::text {

/// printf into a buffer, cut at its end and always terminated: %s, %.*s, %c, %d, %u and %x with l, ll and z,
/// %g as the shortest text that reads back as a float, zero padding (%016llx) and %%. Any other conversion ends the
/// text with "...". The C library's printf would bring 128-bit floats into the WebAssembly files, a twentieth of their
/// size.
[[gnu::format(printf, 2, 3)]] void format_text(std::span<char> out, const char* format, ...) noexcept;
void format_text_v(std::span<char> out, const char* format, std::va_list args) noexcept;

}  // namespace mgt::text
