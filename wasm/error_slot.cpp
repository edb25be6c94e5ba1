#include "error_slot.hpp"

#include <emscripten/em_macros.h>

namespace mgt::wasm {
namespace {

constinit Error slot{};
constinit Status slot_status = kOk;

}  // namespace

Status record_error(const Error& error) noexcept {
  slot = error;
  slot_status = static_cast<Status>(error.code());
  return slot_status;
}

void clear_error() noexcept {
  slot_status = kOk;
}

}  // namespace mgt::wasm

extern "C" {

/// The stable name of the last call's error and its message, zero-terminated.
EMSCRIPTEN_KEEPALIVE const char* mgt_error_name() {
  return mgt::errc_name(static_cast<mgt::Errc>(mgt::wasm::slot_status));
}
EMSCRIPTEN_KEEPALIVE const char* mgt_error_message() {
  return mgt::wasm::slot.message();
}

}  // extern "C"
