// The small random model with an energy in its file, for policy `default`.
#pragma once

#include "tiny_model.hpp"

namespace mgt::test {

inline constexpr float kTinyEnergyMax = 0.25f;

inline void add_energy(gguf::Writer& writer) {
  const std::array<float, 24> weights = {-0.3f, 0.1f,  0.1f,  0.05f, -0.1f, -0.1f, -0.3f, 0.2f,    // memory
                                         -0.2f, 0.1f,  0.1f,  0.05f, -0.1f, -0.1f, -0.4f, -0.1f,   // first exit
                                         -0.1f, 0.05f, 0.05f, 0.05f, -0.1f, -0.1f, -0.5f, -0.4f};  // last exit
  writer.add_f32_array("mgt.energy.weights", weights);
  writer.add_f32("mgt.energy.default", kTinyEnergyMax);
}

inline Model tiny_energy_model(TinyOptions o = {}) {
  o.add_keys = add_energy;
  return tiny_model(o);
}

}  // namespace mgt::test
