// The last error, where JavaScript reads it: exceptions and std::expected do not cross the boundary.
#pragma once

#include <utility>

#include "mgt/error.hpp"

namespace mgt::wasm {

/// Call results: 0, or the code of the error that the slot now holds.
using Status = int;
inline constexpr Status kOk = 0;

Status record_error(const Error& error) noexcept;
void clear_error() noexcept;

/// Records the error of `result` and returns its code; kOk and a clear slot where it holds a value.
template <class T>
Status status_of(const Expected<T>& result) noexcept {
  if (!result) return record_error(result.error());
  clear_error();
  return kOk;
}

}  // namespace mgt::wasm
