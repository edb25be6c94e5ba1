// The draw of a token: temperature, cuts, and one random number.
#pragma once

#include <cstdint>

#include "mgt/generate.hpp"

namespace mgt::generation {

/// What a token is drawn from: weights by token, 0 where cut, and their sum.
struct Shaped {
  alignas(64) float weights[kVocabSize];
  float mass = 1;
};

/// Applies temperature (not 0), top_k and top_p to a distribution.
void shape(const float* probabilities, const GenerateOptions& options, Shaped& out) noexcept;

/// Uniform in [0, 1) in steps of 2^-24; advances `rng`.
float uniform(std::uint64_t& rng) noexcept;

/// The `n` most probable tokens, most probable first, the lowest of equals first.
void find_most_probable(const float* probabilities, std::uint32_t n, std::uint8_t* tokens) noexcept;

}  // namespace mgt::generation
