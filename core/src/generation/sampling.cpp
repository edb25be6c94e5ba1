#include "generation/sampling.hpp"

#include <algorithm>
#include <numeric>

#include "kernels/table.hpp"
#include "memory/vector_loops.hpp"
#include "session/state.hpp"

namespace mgt::generation {
namespace {

std::uint64_t next_random(std::uint64_t& state) noexcept {
  std::uint64_t z = (state += 0x9E3779B97F4A7C15ull);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

/// Keeps the most probable tokens that both cuts leave, and sums them from the most probable down.
void cut(const GenerateOptions& options, Shaped& shaped) noexcept {
  const std::uint32_t k = options.top_k == 0 ? kVocabSize : options.top_k;
  std::uint8_t order[kVocabSize];
  find_most_probable(shaped.weights, k, order);
  float total = 0;
  for (std::uint32_t i = 0; i < k; ++i) total += shaped.weights[order[i]];

  const float enough = options.top_p * total;
  alignas(64) float kept[kVocabSize] = {};
  shaped.mass = 0;
  for (std::uint32_t i = 0; i < k; ++i) {
    kept[order[i]] = shaped.weights[order[i]];
    shaped.mass += shaped.weights[order[i]];
    if (options.top_p < 1 && shaped.mass >= enough) break;
  }
  std::copy_n(kept, kVocabSize, shaped.weights);
}

}  // namespace

float uniform(std::uint64_t& rng) noexcept {
  return static_cast<float>(next_random(rng) >> 40) * (1.0f / 16777216.0f);
}

void find_most_probable(const float* probabilities, std::uint32_t n, std::uint8_t* tokens) noexcept {
  std::uint8_t order[kVocabSize];
  std::iota(order, order + kVocabSize, std::uint8_t{0});
  std::partial_sort(order, order + n, order + kVocabSize, [&](std::uint8_t a, std::uint8_t b) {
    return probabilities[a] != probabilities[b] ? probabilities[a] > probabilities[b] : a < b;
  });
  std::copy_n(order, n, tokens);
}

void shape(const float* probabilities, const GenerateOptions& options, Shaped& out) noexcept {
  kernels().log(probabilities, kVocabSize, out.weights);
  for (float& w : out.weights) w /= options.temperature;
  kernels().softmax(out.weights, kVocabSize, out.weights);
  out.mass = 1;
  const bool takes_all = options.top_k == 0 || options.top_k == kVocabSize;
  if (!takes_all || options.top_p < 1) cut(options, out);
}

}  // namespace mgt::generation

namespace mgt {

Expected<void> check(const GenerateOptions& o) noexcept {
  if (o.temperature != 0.0f && !(o.temperature >= 0.01f && o.temperature <= 10.0f)) {
    return fail(Errc::option_out_of_range, "temperature is %g, allowed are 0 and 0.01 to 10",
                static_cast<double>(o.temperature));
  }
  if (o.top_k > kVocabSize) {
    return fail(Errc::option_out_of_range, "top_k is %u, allowed are 0 (all) to %zu", o.top_k, kVocabSize);
  }
  if (!(o.top_p > 0.0f && o.top_p <= 1.0f)) {
    return fail(Errc::option_out_of_range, "top_p is %g, allowed are numbers over 0 to 1",
                static_cast<double>(o.top_p));
  }
  if (o.logprobs > kMaxLogprobs) {
    return fail(Errc::option_out_of_range, "logprobs is %u, allowed are 0 to %u", o.logprobs, kMaxLogprobs);
  }
  return {};
}

Token sample(std::span<const float> probabilities, const GenerateOptions& options, std::uint64_t& rng) noexcept {
  if (options.temperature == 0.0f) return memory::find_top(probabilities.data());
  generation::Shaped shaped;
  generation::shape(probabilities.data(), options, shaped);
  const float draw = generation::uniform(rng) * shaped.mass;
  float sum = 0;
  for (Token token = 0; token < kVocabSize; ++token) {
    sum += shaped.weights[token];
    if (draw < sum) return token;
  }
  return memory::find_top(shaped.weights);  // rounding left a gap above the last sum
}

}  // namespace mgt
