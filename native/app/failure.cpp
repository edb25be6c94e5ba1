#include "app/failure.hpp"

#include <cerrno>
#include <cstring>

namespace mgt::cli {

void fail_input(const std::string& what) {
  throw Failure(Exit::bad_input, what);
}
void fail_usage(const std::string& what) {
  throw Failure(Exit::usage, what);
}
void fail_internal(const std::string& what) {
  throw Failure(Exit::internal, what);
}

void fail_errno(std::string_view subject) {
  const int code = errno;  // before the string below allocates
  fail_input(std::string(subject) + ": " + std::strerror(code));
}

Exit exit_of(Errc code) noexcept {
  switch (code) {
    case Errc::option_out_of_range:
    case Errc::window_out_of_range:
      return Exit::usage;
    case Errc::out_of_memory:
      return Exit::internal;
    default:
      return Exit::bad_input;
  }
}

void fail_with(const Error& error, std::string_view subject) {
  std::string what(subject);
  if (!what.empty()) what += ": ";
  throw Failure(exit_of(error.code()), what + error.message());
}

}  // namespace mgt::cli
