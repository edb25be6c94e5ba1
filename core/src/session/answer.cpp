// How a step gets its answer: from an exit, from the stream memory, or by mixing the two.
#include <algorithm>
#include <cassert>
#include <cstring>
#include <iterator>

#include "decode/catch_up.hpp"
#include "decode/propagate.hpp"
#include "hash.hpp"
#include "memory/vector_loops.hpp"
#include "session/state.hpp"

namespace mgt {

float natural_log(float p) noexcept {
  natural_logs({&p, 1});
  return p;
}

void natural_logs(std::span<float> p) noexcept {
  alignas(64) float row[16];
  assert(p.size() <= std::size(row));
  std::fill_n(row, 16, 1.0f);
  std::copy(p.begin(), p.end(), row);
  kernels().log(row, 16, row);
  std::copy_n(row, p.size(), p.begin());
}

void Answer::clear() noexcept {
  std::fill_n(probabilities, kVocabSize, 1.0f / kVocabSize);
  std::fill_n(model_probabilities, kVocabSize, 1.0f / kVocabSize);
  layers = 0;
  given = false;
  from_exit = false;
  logits_due = true;
  top_token = 0;
  seal();
}

void Answer::take_from_exit() noexcept {
  top_token = memory::find_top(probabilities);
  from_exit = true;
  logits_due = false;
}

void Answer::complete_logits() noexcept {
  if (!logits_due) return;
  kernels().log(probabilities, kVocabSize, logits);
  logits_due = false;
}

std::span<const float> StepView::logits() const noexcept {
  answer->complete_logits();
  return {answer->logits, kVocabSize};
}

void Answer::seal() noexcept {
  const std::span both(logits, 2 * kVocabSize);
  hash = hash64(std::as_bytes(from_exit ? both : both.last(kVocabSize)));
}

void Session::State::run_layers(std::span<const cache::Position> positions, std::uint32_t layers) noexcept {
  if (policy.kv == KvMode::exact) {
    decode::deepen_exactly(runner, context(), positions, layers, store ? &*store : nullptr);
  } else {
    decode::deepen_by_propagation(runner, context(), positions, layers);
  }
}

void Session::State::deepen(std::span<const cache::Position> positions, std::uint32_t layers,
                            std::uint64_t* signatures) noexcept {
  if (signatures != nullptr && cache.depth(positions.front()) <= 1) {
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
    mixer->mix(layers, answer.model_probabilities, prediction, memory_certainty(), answer.probabilities);
  } else {
    std::memcpy(answer.probabilities, answer.model_probabilities, kVocabSize * sizeof(float));
  }
  answer.take_from_exit();
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
  if (!complete || !replay_answer(position, answer.logits, signature)) {
    compute_answers({&position, 1}, layers, answer.logits, signature);
  }
  has_signature = coherence.has_value();
  finish_exit_answer(layers, with_memory);
}

void Session::State::finish_exit_answer(std::uint32_t layers, bool with_memory) noexcept {
  kernels().softmax(answer.logits, kVocabSize, answer.model_probabilities);
  answer.layers = layers;
  mix_answer(layers, with_memory);
}

void Session::State::answer_from_memory() noexcept {
  std::memcpy(answer.probabilities, prediction.probabilities, kVocabSize * sizeof(float));
  answer.top_token = prediction.predicted;
  answer.from_exit = false;
  answer.logits_due = true;
  answer.layers = 0;
  answer.fresh = true;
}

void Session::State::run_to_tier(Tier tier, cache::Position position, bool with_memory) noexcept {
  if (ahead.taken >= 0) return answer_from_batch(static_cast<std::size_t>(ahead.taken), with_memory);
  answer_from_exit(position, model.config().tier_layers(tier), with_memory);
}

void Session::State::fall_back_on_table(cache::Position position) noexcept {
  if (policy.kv == KvMode::exact || cache.depth(position) > 0) return;
  for (std::uint32_t layer = 0; layer < model.config().n_layers; ++layer) {
    cache.set_kv_state(layer, position, cache::KvState::table);
  }
}

}  // namespace mgt
