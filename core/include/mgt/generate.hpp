// Text generation on top of a session.
#pragma once

#include <cstdint>
#include <span>

#include "mgt/session.hpp"

namespace mgt {

struct GenerateOptions {
  float temperature = 0;   ///< 0: greedy, the lowest of equals; otherwise in [0.01, 10]
  std::uint64_t seed = 0;  ///< of the draw; the same seed gives the same text on every target
};

/// Draws the next token from a distribution. `rng` is the generator's state, advanced by the draw.
///
/// probabilities  [vocab], positive, summing to about 1
Token sample(std::span<const float> probabilities, const GenerateOptions& options, std::uint64_t& rng) noexcept;

/// Prefills `prompt`, then appends tokens one step at a time into `out` until it is full.
///
/// errors  empty_input (prompt), option_out_of_range (temperature)
Expected<void> generate(Session& session, std::span<const std::uint8_t> prompt, const GenerateOptions& options,
                        std::span<std::uint8_t> out) noexcept;

}  // namespace mgt
