// Errors are values: a code to branch on and one line for a person.
#pragma once

#include <cstdarg>
#include <cstdint>
#include <version>

#ifndef __cpp_lib_expected
#error "mgt needs C++23's <expected>: g++ 12 or clang 19 with -std=c++23"
#endif
#include <expected>

namespace mgt {

enum class Errc : std::uint8_t {
  not_a_model = 1,      ///< the bytes do not start with the GGUF magic
  unsupported_version,  ///< GGUF version or architecture this build does not know
  truncated,            ///< the file ends inside a field
  limit_exceeded,       ///< a count or size is over the loader's cap
  missing_field,        ///< a required key or tensor is absent
  bad_type,             ///< a key or tensor has another type than its name asks for
  bad_shape,            ///< a tensor or configuration has impossible dimensions
  bad_value,            ///< a value is out of its range, NaN or infinite
  self_test_failed,     ///< the model's own test vectors are not reproduced
  token_out_of_range,
  window_out_of_range,
  option_out_of_range,  ///< a session, policy or sampling option
  input_too_long,
  empty_input,
  out_of_memory,
  bad_trace,          ///< a witness trace that cannot be parsed or does not continue its chain
  bad_snapshot,       ///< not a snapshot, truncated, with bytes too many or flipped, or with a field out of its range
  snapshot_version,   ///< a snapshot in another version of the format
  snapshot_mismatch,  ///< a snapshot of another model's session, or of one with other options
  buffer_too_small,   ///< the memory handed in does not take the result
};

/// An error with a message that names the field and both numbers. 184 bytes, no allocation, copyable.
class Error {
 public:
  /// Formats like printf, as far as %s, %.*s, %c, %d, %u and %x with l, ll and z, %g as the shortest text that reads
  /// back as a float, zero padding (%016llx) and %% go: any other conversion ends the text with "...". Text beyond the
  /// capacity is cut.
  [[gnu::format(printf, 2, 3)]] static Error make(Errc code, const char* format, ...) noexcept;
  static Error make_v(Errc code, const char* format, std::va_list args) noexcept;

  Errc code() const noexcept { return code_; }
  const char* message() const noexcept { return message_; }

 private:
  Errc code_ = Errc::bad_value;
  char message_[183] = {};
};

/// The stable name of a code ("token_out_of_range"), as the JavaScript package reports it.
const char* errc_name(Errc code) noexcept;

template <class T>
using Expected = std::expected<T, Error>;

/// An Error on its way out: `return fail(Errc::..., "...")`. Formats as Error::make() does.
[[gnu::format(printf, 2, 3)]] std::unexpected<Error> fail(Errc code, const char* format, ...) noexcept;

}  // namespace mgt
