#include "mgt/generate.hpp"

#include <algorithm>

#include "kernels/table.hpp"
#include "session/state.hpp"

namespace mgt {
namespace {

/// SplitMix64 (Steele, Lea and Flood, 2014).
std::uint64_t next_random(std::uint64_t& state) noexcept {
  std::uint64_t z = (state += 0x9E3779B97F4A7C15ull);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

/// Uniform in [0, 1), 24 bits.
float uniform(std::uint64_t& state) noexcept {
  return static_cast<float>(next_random(state) >> 40) * (1.0f / 16777216.0f);
}

}  // namespace

Token sample(std::span<const float> probabilities, const GenerateOptions& options, std::uint64_t& rng) noexcept {
  if (options.temperature <= 0.0f) return find_top(probabilities.data()).index;
  alignas(64) float weights[kVocabSize];
  kernels().log(probabilities.data(), kVocabSize, weights);
  for (float& w : weights) w /= options.temperature;
  kernels().softmax(weights, kVocabSize, weights);
  const float draw = uniform(rng);
  float sum = 0;
  for (Token token = 0; token < kVocabSize; ++token) {
    sum += weights[token];
    if (draw < sum) return token;
  }
  return find_top(weights).index;  // rounding left a gap above the last sum
}

Expected<void> generate(Session& session, std::span<const std::uint8_t> prompt, const GenerateOptions& options,
                        std::span<std::uint8_t> out) noexcept {
  const float t = options.temperature;
  if (t != 0.0f && !(t >= 0.01f && t <= 10.0f)) {
    return fail(Errc::option_out_of_range, "temperature is %g, allowed are 0 and 0.01 to 10",
                static_cast<double>(options.temperature));
  }
  auto view = session.prefill(prompt);
  std::uint64_t rng = options.seed;
  for (std::uint8_t& byte : out) {
    if (!view) return std::unexpected(view.error());
    byte = static_cast<std::uint8_t>(sample(view->probabilities, options, rng));
    view = session.step(byte);
  }
  if (!view) return std::unexpected(view.error());
  return {};
}

}  // namespace mgt
