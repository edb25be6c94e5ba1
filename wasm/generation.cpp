// Text that a session generates, token by token.
#include <emscripten/em_macros.h>

#include "session_object.hpp"

using mgt::GenerateOptions;
using mgt::wasm::GenerateStatsRecord;
using mgt::wasm::SessionObject;
using mgt::wasm::Status;

namespace {

constinit GenerateOptions options{};
constinit GenerateStatsRecord stats{};

}  // namespace

extern "C" {

/// The options that the next generation takes; JavaScript writes all of them.
EMSCRIPTEN_KEEPALIVE GenerateOptions* mgt_generate_options() {
  return &options;
}

/// The prompt, or its first part, stands in the session's input buffer.
EMSCRIPTEN_KEEPALIVE Status mgt_generate_start(SessionObject* self, std::size_t n_tokens) {
  return self->start_generating(options, n_tokens);
}

/// Draws the next token of a started generation and steps through it; what was drawn stands in the draw record.
EMSCRIPTEN_KEEPALIVE Status mgt_generate_next(SessionObject* self) {
  return self->draw_next();
}

/// Of the last generation. Borrowed until the next call.
EMSCRIPTEN_KEEPALIVE const GenerateStatsRecord* mgt_generate_stats(const SessionObject* self) {
  stats = GenerateStatsRecord::from(self->generator ? self->generator->stats() : mgt::GenerateStats{});
  return &stats;
}

}  // extern "C"
