// What must hold whatever the input is.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <source_location>

namespace mgt::fuzz {

inline void require(bool condition, std::source_location where = std::source_location::current()) {
  if (condition) return;
  std::fprintf(stderr, "%s:%u: not so\n", where.file_name(), static_cast<unsigned>(where.line()));
  std::abort();
}

}  // namespace mgt::fuzz
