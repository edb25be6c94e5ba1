// The calls made per token, as plain C exports: numbers in, a status out, results in memory that does not move.
#include <emscripten/em_macros.h>

#include "records.hpp"
#include "session_object.hpp"

using mgt::wasm::SessionObject;
using mgt::wasm::Status;

namespace {

constexpr std::uint32_t kGateGiven = 1;
constexpr std::uint32_t kSpikeGiven = 2;

}  // namespace

extern "C" {

EMSCRIPTEN_KEEPALIVE Status mgt_step(SessionObject* self, std::uint32_t token) {
  return self->publish(self->session.step(token));
}

/// tier    0 to 3, negative: the gate decides
/// packets kGateGiven, kSpikeGiven: use the packet that stands in the session object
EMSCRIPTEN_KEEPALIVE Status mgt_step_with(SessionObject* self, std::uint32_t token, int tier, std::uint32_t packets) {
  mgt::StepInput input;
  input.token = token;
  if (tier >= 0) input.tier = mgt::wasm::enum_of<mgt::Tier>(tier);
  if (packets & kGateGiven) input.gate = &self->gate;
  if (packets & kSpikeGiven) input.spike = &self->spike;
  return self->publish(self->session.step(input));
}

/// The tokens stand in the session's input buffer.
EMSCRIPTEN_KEEPALIVE Status mgt_prefill(SessionObject* self, std::size_t n_tokens) {
  return self->publish(self->session.prefill({self->input.get(), n_tokens}));
}

/// The same, without running a layer.
EMSCRIPTEN_KEEPALIVE Status mgt_push(SessionObject* self, std::size_t n_tokens) {
  return self->publish(self->session.push({self->input.get(), n_tokens}));
}

EMSCRIPTEN_KEEPALIVE Status mgt_logits(SessionObject* self) {
  return self->publish(self->session.logits());
}

/// Address of float32[256]: a result's logits.
EMSCRIPTEN_KEEPALIVE std::uint32_t mgt_answer_logits(mgt::Answer* answer) {
  mgt::StepView view;
  view.answer = answer;
  return mgt::wasm::address_of(view.logits().data());
}

/// As in mgt_prefill; an n_tokens beyond the context length is refused before the buffer is read.
EMSCRIPTEN_KEEPALIVE Status mgt_infer(SessionObject* self, std::size_t n_tokens, std::uint32_t tier) {
  return self->publish(self->session.infer({self->input.get(), n_tokens}, mgt::wasm::enum_of<mgt::Tier>(tier)));
}

}  // extern "C"
