// Speculation as the session sees it: layers for expected tokens in one batch, everything else token by token when they
// come. What a step takes from a batch has the bits and the witness of a step that computed it alone.
#include "session/ahead.hpp"

#include <algorithm>
#include <cassert>

#include "session/state.hpp"

namespace mgt {

bool Session::State::runs_every_layer() const noexcept {
  if (may_change_state()) return false;
  if (options.tier) return *options.tier == Tier::full;
  const bool rules_reduce = policy.boundary_edges_max < 0xffff || policy.boundary_concentration_q15_max < 0x7fff ||
                            policy.partitions_max < 0xffff;
  const bool answers_early = policy.memory_confidence <= 1.0f || policy.exit_confidence <= 1.0f || energy.on();
  return !answers_early && deadline_tier == Tier::full && !rules_reduce;
}

bool Session::State::owes_context() const noexcept {
  const std::uint32_t top = model.config().n_layers - 1;  // K and V of the layers below came before its own
  const auto reach = std::min<cache::Position>(cache.end() - cache.begin(), window - 1);
  for (cache::Position p = cache.end() - reach; p < cache.end(); ++p) {
    if (cache.kv_state(top, p) == cache::KvState::pending) return true;
  }
  return false;
}

void Session::State::take_ahead(const StepInput& input, Drafter* drafter) noexcept {
  ahead.taken = -1;
  const bool is_ordinary = !input.tier && !input.gate && !input.spike;
  if (!is_ordinary || !ahead.continues_with(input.token)) ahead.clear();
  if (is_ordinary && ahead.size == 0 && drafter != nullptr && !owes_context()) {
    look_ahead(static_cast<std::uint8_t>(input.token), *drafter);
  }
  if (ahead.size > 0) ahead.taken = static_cast<std::int32_t>(ahead.next++);
}

void Session::State::look_ahead(std::uint8_t arrived, Drafter& drafter) noexcept {
  assert(!store);  // it would keep what drafts that do not come true have led to
  ahead.tokens[0] = arrived;
  const std::uint32_t n = 1 + drafter.draft(ahead.tokens + 1);
  if (n == 1) return;
  cache::Position positions[decode::kMaxBatch];
  for (std::uint32_t i = 0; i < n; ++i) positions[i] = runner.append(cache, ahead.tokens[i]);
  compute_answers({positions, n}, model.config().n_layers, batch_logits, batch_signatures);
  for (std::uint32_t i = 0; i < n; ++i) cache.retract();  // their slots stay as they are until others take them
  ahead.size = n;
}

void Session::State::answer_from_batch(std::size_t row, bool with_memory) noexcept {
  std::copy_n(batch_logits + row * kVocabSize, kVocabSize, answer.logits);
  if (coherence) {
    std::copy_n(batch_signatures + row * signature_size(), signature_size(), signature_words);
    has_signature = true;
  }
  finish_exit_answer(model.config().n_layers, with_memory);
}

decode::Work Session::State::full_step_cost(cache::Position position) const noexcept {
  const ModelConfig& c = model.config();
  decode::Work cost;
  cost.layers_run = c.n_layers;
  const std::uint64_t found_by_byte = std::uint64_t{c.hidden} * c.qkv_width();  // of the first layer
  cost.macs = c.n_layers * c.layer_macs() - found_by_byte + std::uint64_t{c.hidden} * kVocabSize;
  const std::uint64_t seen = std::min<std::uint64_t>(window, position - cache.begin() + 1);
  cost.kv_bytes_read = c.n_layers * seen * cache.kv_row_bytes();
  cost.kv_bytes_written = c.n_layers * cache.kv_row_bytes();
  return cost;
}

}  // namespace mgt
