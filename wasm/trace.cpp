// Trace lines, written and read by the core so that they are the native program's byte for byte.
#include "mgt/trace.hpp"

#include <emscripten/em_macros.h>

#include "error_slot.hpp"

namespace {

constinit char line[mgt::kMaxTraceLine] = {};
constinit mgt::Witness parsed{};

}  // namespace

extern "C" {

/// The shared line buffer (kMaxTraceLine bytes) and the record that mgt_parse_trace fills.
EMSCRIPTEN_KEEPALIVE char* mgt_trace_line() {
  return line;
}
EMSCRIPTEN_KEEPALIVE std::size_t mgt_trace_capacity() {
  return sizeof line;
}
EMSCRIPTEN_KEEPALIVE mgt::Witness* mgt_trace_witness() {
  return &parsed;
}

/// Writes the record's line into the buffer; returns its length.
EMSCRIPTEN_KEEPALIVE std::size_t mgt_format_trace(const mgt::Witness* witness) {
  return mgt::format_trace_line(*witness, line);
}

/// Reads `size` bytes of the buffer.
EMSCRIPTEN_KEEPALIVE mgt::wasm::Status mgt_parse_trace(std::size_t size) {
  const auto witness = mgt::parse_trace_line({line, size});
  if (witness) parsed = *witness;
  return mgt::wasm::status_of(witness);
}

EMSCRIPTEN_KEEPALIVE std::uint64_t mgt_seal(const mgt::Witness* witness) {
  return mgt::seal(*witness);
}

}  // extern "C"
