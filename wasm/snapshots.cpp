// Snapshots of a session: bytes in memory that JavaScript allocates for the call.
#include <emscripten/em_macros.h>

#include "session_object.hpp"

using mgt::wasm::SessionObject;
using mgt::wasm::Status;

extern "C" {

EMSCRIPTEN_KEEPALIVE std::size_t mgt_snapshot_bytes(SessionObject* self) {
  return self->session.snapshot_bytes();
}

EMSCRIPTEN_KEEPALIVE Status mgt_snapshot(SessionObject* self, std::byte* out, std::size_t size) {
  return mgt::wasm::status_of(self->session.snapshot({out, size}));
}

EMSCRIPTEN_KEEPALIVE Status mgt_restore(SessionObject* self, const std::byte* bytes, std::size_t size) {
  return mgt::wasm::status_of(self->session.restore({bytes, size}));
}

}  // extern "C"
