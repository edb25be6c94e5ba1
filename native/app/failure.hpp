// How a command ends early: an exception with the exit code and the one line for stderr.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "mgt/error.hpp"

namespace mgt::cli {

enum class Exit : int { done = 0, bad_input = 1, usage = 2, internal = 3 };

/// Ends the command with `exit`; what() goes to stderr behind "mgt: ".
class Failure : public std::runtime_error {
 public:
  Failure(Exit exit, const std::string& what) : std::runtime_error(what), exit_(exit) {}
  Exit exit() const noexcept { return exit_; }

 private:
  Exit exit_;
};

/// Whoever read our stdout has gone: nothing is left to say, and nothing went wrong.
struct BrokenPipe {};

[[noreturn]] void fail_input(const std::string& what);
[[noreturn]] void fail_usage(const std::string& what);
[[noreturn]] void fail_internal(const std::string& what);
/// "<subject>: <errno's text>", as bad input.
[[noreturn]] void fail_errno(std::string_view subject);

/// The exit code that belongs to a library error: a wrong option is usage, lack of memory internal, the rest input.
Exit exit_of(Errc code) noexcept;

/// Ends the command with "<subject>: <message>"; the subject is a file or an option, and may be empty.
[[noreturn]] void fail_with(const Error& error, std::string_view subject);

/// The value, or the end of the command.
template <class T>
T unwrap(Expected<T>&& result, std::string_view subject) {
  if (!result) fail_with(result.error(), subject);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace mgt::cli
