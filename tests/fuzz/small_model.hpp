// The model of the fuzzed sessions: small, but with every part.
#pragma once

#include <utility>

#include "../support/tiny_energy.hpp"
#include "../support/tiny_model.hpp"
#include "require.hpp"

namespace mgt::fuzz {

inline Model small_model() {
  test::TinyOptions o;
  o.n_layers = 3;
  o.hidden = o.ffn = 32;
  o.n_heads = o.n_kv_heads = 1;
  o.context_length = 16;
  o.window = 4;
  o.window_min = 2;
  o.window_max = 8;
  o.self_test_tokens = 1;
  o.self_test_tolerance = 100.0f;
  o.add_keys = test::add_energy;
  auto model = Model::load(test::tiny_gguf(o));
  require(model.has_value());
  return *std::move(model);
}

}  // namespace mgt::fuzz
