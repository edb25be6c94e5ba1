// How a step gets its answer: from an exit, from the stream memory, or by mixing the two.
#include <algorithm>
#include <cstring>

#include "decode/catch_up.hpp"
#include "hash.hpp"
#include "session/state.hpp"

namespace mgt {

Top find_top(const float* values) noexcept {
  constexpr std::size_t kLanes = 16;
  float best[kLanes];
  std::copy_n(values, kLanes, best);
  for (std::size_t i = kLanes; i < kVocabSize; i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) best[lane] = std::max(best[lane], values[i + lane]);
  }
  Top top;
  top.value = *std::max_element(best, best + kLanes);
  top.index = static_cast<std::uint32_t>(std::find(values, values + kVocabSize, top.value) - values);
  return top;
}

float natural_log(float p) noexcept {
  alignas(64) float in[16];
  alignas(64) float out[16];
  std::fill_n(in, 16, p);
  kernels().log(in, 16, out);
  return out[0];
}

void Answer::clear() noexcept {
  std::fill_n(logits, kVocabSize, 0.0f);
  std::fill_n(probabilities, kVocabSize, 1.0f / kVocabSize);
  std::fill_n(model_probabilities, kVocabSize, 1.0f / kVocabSize);
  model_ran = false;
  given = false;
  seal();
}

void Answer::seal() noexcept {
  top_token = find_top(probabilities).index;
  hash = hash64(std::as_bytes(std::span(logits, 2 * kVocabSize)));
}

std::uint32_t Session::State::tier_layers(Tier tier) const noexcept {
  const std::uint32_t n = model.config().n_layers;
  switch (tier) {
    case Tier::full:
      return n;
    case Tier::reduced:
      return std::max(1u, n / 2);
    case Tier::safe:
      return 1;
    case Tier::skip:
      return 0;
  }
  return n;
}

void Session::State::run_layers(std::span<const cache::Position> positions, std::uint32_t layers) noexcept {
  if (policy.kv == KvMode::exact) {
    decode::deepen_exactly(runner, context(), positions, layers, store ? &*store : nullptr);
    return;
  }
  for (std::uint32_t layer = cache.depth(positions.front()); layer < layers; ++layer) {
    runner.run(context(), layer, positions);
  }
}

void Session::State::deepen(std::span<const cache::Position> positions, std::uint32_t layers,
                            std::uint64_t* signatures) noexcept {
  if (signatures != nullptr) {
    run_layers(positions, 1);
    for (const cache::Position p : positions) {
      take_signature(p, signatures);
      signatures += signature_size();
    }
  }
  run_layers(positions, layers);
}

void Session::State::take_signature(cache::Position position, std::uint64_t* out) noexcept {
  const detail::ModelData& data = model.data();
  const std::uint32_t bits = graph::signature_bits(data.config.hidden);
  alignas(64) float normed[kMaxHidden];
  alignas(64) float ones[kMaxHidden];
  std::fill_n(ones, data.config.hidden, 1.0f);
  kernels().rmsnorm(cache.state(position, 1), ones, data.config.hidden, data.config.rms_eps, normed);
  graph::make_signature(normed, data.signature_mean, bits, out);
}

void Session::State::mix_answer(std::uint32_t layers, bool with_memory) noexcept {
  if (with_memory) {
    mixer->mix(layers, answer.model_probabilities, prediction, answer.probabilities);
  } else {
    std::memcpy(answer.probabilities, answer.model_probabilities, kVocabSize * sizeof(float));
  }
  answer.fresh = true;
}

bool Session::State::replay_answer(cache::Position position, float* logits, std::uint64_t* signature) noexcept {
  if (!store) return false;
  const std::optional<replay::StoredAnswer> known = store->take_answer(cache, position);
  if (!known) return false;
  runner.head_logits(known->input, logits);
  std::copy_n(known->signature, signature_size(), signature);
  return true;
}

void Session::State::compute_answers(std::span<const cache::Position> positions, std::uint32_t layers, float* logits,
                                     std::uint64_t* signatures) noexcept {
  deepen(positions, layers, coherence ? signatures : nullptr);
  runner.exit_logits(layers, positions, cache, logits);
  if (!store || layers < model.config().n_layers) return;
  for (std::size_t i = 0; i < positions.size(); ++i) {
    store->keep_answer(positions[i], runner.head_input(i), signatures + i * signature_size());
  }
}

void Session::State::answer_from_exit(cache::Position position, std::uint32_t layers, bool with_memory) noexcept {
  const bool complete = layers == model.config().n_layers;
  if (!complete || !replay_answer(position, answer.logits, signature_words)) {
    compute_answers({&position, 1}, layers, answer.logits, signature_words);
  }
  has_signature = coherence.has_value();
  finish_exit_answer(layers, with_memory);
}

void Session::State::finish_exit_answer(std::uint32_t layers, bool with_memory) noexcept {
  kernels().softmax(answer.logits, kVocabSize, answer.model_probabilities);
  answer.model_ran = true;
  mix_answer(layers, with_memory);
}

void Session::State::answer_from_memory() noexcept {
  std::memcpy(answer.probabilities, prediction.probabilities, kVocabSize * sizeof(float));
  kernels().log(answer.probabilities, kVocabSize, answer.logits);
  answer.model_ran = false;
  answer.fresh = true;
}

void Session::State::run_to_tier(Tier tier, cache::Position position, bool with_memory) noexcept {
  answer_from_exit(position, tier_layers(tier), with_memory);
}

void Session::State::fill_upper_layers(cache::Position position) noexcept {
  if (policy.kv == KvMode::exact) return;  // the K,V stay pending
  const std::uint32_t depth = cache.depth(position);
  for (std::uint32_t layer = depth; layer < model.config().n_layers; ++layer) {
    if (depth == 0) {
      cache.set_kv_state(layer, position, cache::KvState::table);
    } else {
      runner.project(context(), layer, {&position, 1}, cache::KvState::projected);
    }
  }
}

}  // namespace mgt
