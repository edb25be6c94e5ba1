// Sessions as JavaScript holds them, by address: options, plan, create, totals, free. A null result means that the
// error slot holds the reason; a record that is returned stands until the next call.
#include <emscripten/em_macros.h>

#include <algorithm>
#include <new>
#include <utility>

#include "session_object.hpp"

using mgt::GatePolicy;
using mgt::Model;
using mgt::Session;
using mgt::SessionPlan;
using mgt::wasm::AddressRecord;
using mgt::wasm::OptionsRecord;
using mgt::wasm::SessionObject;
using mgt::wasm::StatsRecord;

namespace {

constinit OptionsRecord options{};
constinit SessionPlan plan{};
constinit AddressRecord addresses{};
constinit StatsRecord stats{};
constinit GatePolicy policy{};

}  // namespace

extern "C" {

/// The options that the next plan or session takes, set to their defaults: JavaScript writes over them.
EMSCRIPTEN_KEEPALIVE OptionsRecord* mgt_options() {
  options = OptionsRecord::from({});
  return &options;
}

EMSCRIPTEN_KEEPALIVE GatePolicy* mgt_options_custom() {
  return &options.custom;
}

EMSCRIPTEN_KEEPALIVE const SessionPlan* mgt_plan_session(const Model* model) {
  const auto planned = Session::plan(*model, options.options());
  if (mgt::wasm::status_of(planned) != mgt::wasm::kOk) return nullptr;
  plan = *planned;
  return &plan;
}

EMSCRIPTEN_KEEPALIVE SessionObject* mgt_create_session(const Model* model) {
  auto session = Session::create(*model, options.options());
  if (mgt::wasm::status_of(session) != mgt::wasm::kOk) return nullptr;
  const std::size_t bytes = std::max<std::size_t>(SessionObject::kInputBytes, model->config().context_length);
  std::unique_ptr<std::uint8_t[]> input(new (std::nothrow) std::uint8_t[bytes]);
  SessionObject* object = nullptr;
  if (input) object = new (std::nothrow) SessionObject(*std::move(session), std::move(input), bytes);
  if (!object) {
    const auto refused = mgt::Error::make(mgt::Errc::out_of_memory, "session input: %zu bytes refused", bytes);
    mgt::wasm::record_error(refused);
  }
  return object;
}

EMSCRIPTEN_KEEPALIVE void mgt_free_session(SessionObject* self) {
  delete self;
}

EMSCRIPTEN_KEEPALIVE const AddressRecord* mgt_session_addresses(const SessionObject* self) {
  using mgt::wasm::address_of;
  addresses = {.result = address_of(&self->result),
               .gate = address_of(&self->gate),
               .spike = address_of(&self->spike),
               .draw = address_of(&self->draw),
               .input = address_of(self->input.get()),
               .input_bytes = static_cast<std::uint32_t>(self->input_bytes)};
  return &addresses;
}

EMSCRIPTEN_KEEPALIVE const StatsRecord* mgt_session_stats(const SessionObject* self) {
  stats = StatsRecord::from(self->session.stats());
  return &stats;
}

EMSCRIPTEN_KEEPALIVE const GatePolicy* mgt_session_policy(const SessionObject* self) {
  policy = self->session.policy();
  return &policy;
}

EMSCRIPTEN_KEEPALIVE int mgt_session_policy_kind(const SessionObject* self) {
  return static_cast<int>(self->session.policy_kind());
}

EMSCRIPTEN_KEEPALIVE int mgt_session_deadline_tier(const SessionObject* self) {
  return static_cast<int>(self->session.deadline_tier());
}

EMSCRIPTEN_KEEPALIVE std::uint32_t mgt_session_replay(const SessionObject* self) {
  return self->session.replay_positions();
}

/// Multiply-adds of the last mgt_infer.
EMSCRIPTEN_KEEPALIVE double mgt_session_window_macs(const SessionObject* self) {
  return static_cast<double>(self->session.window_macs());
}

/// Puts what the session sensed of the last byte where JavaScript writes its own packet.
EMSCRIPTEN_KEEPALIVE void mgt_session_spike(SessionObject* self) {
  self->spike = self->session.spike();
}

EMSCRIPTEN_KEEPALIVE std::uint32_t mgt_session_window(const SessionObject* self) {
  return self->session.window();
}

EMSCRIPTEN_KEEPALIVE void mgt_session_reset(SessionObject* self) {
  self->session.reset();
}

}  // extern "C"
