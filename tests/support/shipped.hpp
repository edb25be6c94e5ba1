// The shipped model files, and what their answers cost.
#pragma once

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>

#include "mgt/model.hpp"
#include "support/golden.hpp"

namespace mgt::test {

/// models/<name>.gguf
inline Model load_shipped(const std::string& name) {
  auto model = Model::load(read_file(std::string(MGT_MODELS_DIR) + "/" + name + ".gguf"));
  INFO(name);
  REQUIRE(model.has_value());
  return *std::move(model);
}

/// -ln softmax(logits)[symbol] in double precision.
inline double surprise(std::span<const float> logits, std::uint8_t symbol) {
  const double top = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const float l : logits) sum += std::exp(l - top);
  return top + std::log(sum) - logits[symbol];
}

}  // namespace mgt::test
