// Standard output, with the two ways it fails told apart: the reader left, or the disk did.
#pragma once

#include <string_view>

namespace mgt::cli {

/// Writes to stdout. Throws BrokenPipe where the reader is gone, Failure on any other error.
void print(std::string_view text);

/// print() and hand it over at once.
void print_now(std::string_view text);

/// Hands over what print() still holds; same errors.
void flush_output();

}  // namespace mgt::cli
