// Models and sessions as JavaScript objects (Embind): load, plan, create, totals, dispose. A null or zero result means
// that the error slot holds the reason.
#include <emscripten/bind.h>

#include <algorithm>
#include <new>
#include <string>

#include "mgt/kernels.hpp"
#include "records.hpp"
#include "session_object.hpp"

namespace mgt::wasm {
namespace {

using emscripten::allow_raw_pointers;

std::span<const std::byte> bytes_at(std::uintptr_t address, std::size_t size) noexcept {
  return {reinterpret_cast<const std::byte*>(address), size};
}

Model* load_model(std::uintptr_t file, std::size_t size) noexcept {
  auto model = Model::load(bytes_at(file, size));
  if (status_of(model) != kOk) return nullptr;
  auto* object = new (std::nothrow) Model(*std::move(model));
  if (!object) record_error(Error::make(Errc::out_of_memory, "model object: %zu bytes refused", sizeof(Model)));
  return object;
}

std::size_t plan_model(std::uintptr_t header, std::size_t size) noexcept {
  const auto bytes = Model::plan(bytes_at(header, size));
  return status_of(bytes) == kOk ? *bytes : 0;
}

SessionObject* create_session(const Model& model, const OptionsRecord& record) noexcept {
  auto session = Session::create(model, record.options());
  if (status_of(session) != kOk) return nullptr;
  const std::size_t bytes = std::max<std::size_t>(SessionObject::kInputBytes, model.config().context_length);
  std::unique_ptr<std::uint8_t[]> input(new (std::nothrow) std::uint8_t[bytes]);
  SessionObject* object = nullptr;
  if (input) object = new (std::nothrow) SessionObject(*std::move(session), std::move(input), bytes);
  if (!object) record_error(Error::make(Errc::out_of_memory, "session input: %zu bytes refused", bytes));
  return object;
}

SessionPlan plan_session(const Model& model, const OptionsRecord& record) noexcept {
  const auto plan = Session::plan(model, record.options());
  return status_of(plan) == kOk ? *plan : SessionPlan{};
}

OptionsRecord default_options() noexcept {
  return OptionsRecord::from({});
}
std::string arch() {
  return current_arch();
}

std::string model_name(const Model& model) {
  return model.name();
}
double model_parameters(const Model& model) {
  return static_cast<double>(model.n_parameters());
}

AddressRecord addresses(const SessionObject& s) noexcept {
  return {SessionObject::address(&s),
          SessionObject::address(&s.result),
          SessionObject::address(&s.gate),
          SessionObject::address(&s.spike),
          SessionObject::address(&s.draw),
          SessionObject::address(s.input.get()),
          static_cast<std::uint32_t>(s.input_bytes)};
}
StatsRecord stats(const SessionObject& s) noexcept {
  return StatsRecord::from(s.session.stats());
}
GatePolicy policy(const SessionObject& s) noexcept {
  return s.session.policy();
}
int policy_kind(const SessionObject& s) noexcept {
  return static_cast<int>(s.session.policy_kind());
}
std::uint32_t window(const SessionObject& s) noexcept {
  return s.session.window();
}
Status start_generating(SessionObject& s, const GenerateOptions& options) noexcept {
  return s.start_generating(options);
}
void reset(SessionObject& s) noexcept {
  s.session.reset();
}

EMSCRIPTEN_BINDINGS(mgt_objects) {
  using emscripten::class_;
  using emscripten::function;
  function("arch", &arch);
  function("loadModel", &load_model, allow_raw_pointers());
  function("planModel", &plan_model);
  function("defaultOptions", &default_options);
  class_<Model>("Model")
      .function("config", &Model::config)
      .function("name", &model_name)
      .function("parameters", &model_parameters)
      .function("sizeBytes", &Model::size_bytes)
      .function("hash", &Model::hash)
      .function("createSession", &create_session, allow_raw_pointers())
      .function("plan", &plan_session);
  class_<SessionObject>("Session")
      .function("addresses", &addresses)
      .function("stats", &stats)
      .function("policy", &policy)
      .function("policyKind", &policy_kind)
      .function("window", &window)
      .function("reset", &reset)
      .function("startGenerating", &start_generating);
}

}  // namespace
}  // namespace mgt::wasm
