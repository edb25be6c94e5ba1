// Objects on the heap that JavaScript holds by address.
#pragma once

#include <new>
#include <utility>

#include "error_slot.hpp"

namespace mgt::wasm {

/// `value` as an object of its own, or null with the error in the slot.
template <class Object>
Object* new_object(const char* what, Object&& value) noexcept {
  auto* object = new (std::nothrow) Object(std::move(value));
  if (!object) record_error(Error::make(Errc::out_of_memory, "%s: %zu bytes refused", what, sizeof(Object)));
  return object;
}

}  // namespace mgt::wasm
