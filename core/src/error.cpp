#include "mgt/error.hpp"

#include <cstdarg>

#include "text/format.hpp"

namespace mgt {

Error Error::make(Errc code, const char* format, ...) noexcept {
  std::va_list args;
  va_start(args, format);
  const Error error = make_v(code, format, args);
  va_end(args);
  return error;
}

Error Error::make_v(Errc code, const char* format, std::va_list args) noexcept {
  Error error;
  error.code_ = code;
  text::format_text_v(error.message_, format, args);
  return error;
}

std::unexpected<Error> fail(Errc code, const char* format, ...) noexcept {
  std::va_list args;
  va_start(args, format);
  const Error error = Error::make_v(code, format, args);
  va_end(args);
  return std::unexpected(error);
}

const char* errc_name(Errc code) noexcept {
  switch (code) {
    case Errc::not_a_model:
      return "not_a_model";
    case Errc::unsupported_version:
      return "unsupported_version";
    case Errc::truncated:
      return "truncated";
    case Errc::limit_exceeded:
      return "limit_exceeded";
    case Errc::missing_field:
      return "missing_field";
    case Errc::bad_type:
      return "bad_type";
    case Errc::bad_shape:
      return "bad_shape";
    case Errc::bad_value:
      return "bad_value";
    case Errc::self_test_failed:
      return "self_test_failed";
    case Errc::token_out_of_range:
      return "token_out_of_range";
    case Errc::window_out_of_range:
      return "window_out_of_range";
    case Errc::option_out_of_range:
      return "option_out_of_range";
    case Errc::input_too_long:
      return "input_too_long";
    case Errc::empty_input:
      return "empty_input";
    case Errc::out_of_memory:
      return "out_of_memory";
    case Errc::bad_trace:
      return "bad_trace";
    case Errc::bad_snapshot:
      return "bad_snapshot";
    case Errc::snapshot_version:
      return "snapshot_version";
    case Errc::snapshot_mismatch:
      return "snapshot_mismatch";
    case Errc::buffer_too_small:
      return "buffer_too_small";
  }
  return "unknown";
}

}  // namespace mgt
