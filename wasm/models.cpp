// Models as JavaScript holds them, by address. A null result means that the error slot holds the reason.
#include <emscripten/em_macros.h>

#include <utility>

#include "mgt/kernels.hpp"
#include "mgt/model.hpp"
#include "new_object.hpp"
#include "records.hpp"

using mgt::Model;
using mgt::wasm::FactsRecord;

namespace {

constinit FactsRecord facts{};

}  // namespace

extern "C" {

/// "wasm-simd128", "wasm-relaxed" or "scalar": the kernels in force.
EMSCRIPTEN_KEEPALIVE const char* mgt_arch() {
  return mgt::current_arch();
}

EMSCRIPTEN_KEEPALIVE Model* mgt_load_model(const std::byte* file, std::size_t size) {
  auto model = Model::load({file, size});
  if (mgt::wasm::status_of(model) != mgt::wasm::kOk) return nullptr;
  return mgt::wasm::new_object("model object", *std::move(model));
}

EMSCRIPTEN_KEEPALIVE void mgt_free_model(Model* model) {
  delete model;
}

EMSCRIPTEN_KEEPALIVE const mgt::ModelConfig* mgt_model_config(const Model* model) {
  return &model->config();
}

/// Borrowed until the next call.
EMSCRIPTEN_KEEPALIVE const FactsRecord* mgt_model_facts(const Model* model) {
  facts = {.name = model->name(),
           .parameters = static_cast<double>(model->n_parameters()),
           .size_bytes = static_cast<std::uint32_t>(model->size_bytes()),
           .hash = model->hash()};
  return &facts;
}

}  // extern "C"
