// Speculation as the session sees it: layers for expected tokens in one batch, everything else token by token when they
// come. What a step takes from a batch has the bits of a step that computed it alone; without a replay store, whose
// content depends on the order of its work, the witness too.
#include "session/ahead.hpp"

#include <algorithm>

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
  const std::uint32_t top = model.config().n_layers - 1;
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
  cache::Position positions[decode::kMaxBatch];
  std::uint32_t n = 0;
  // Up to an answer that the store has: a step gets that for less than a row costs.
  const auto admit = [&](std::uint8_t token) noexcept {
    const cache::Position p = append(token, false);
    if (store && store->knows_answer(p)) {
      cache.retract();
      return false;
    }
    cache.progress(p).ahead = store.has_value();
    ahead.tokens[n] = token;
    positions[n++] = p;
    return true;
  };
  if (!admit(arrived)) return;
  const std::uint32_t n_rows = 1 + drafter.draft(ahead.tokens + 1);
  while (n < n_rows && admit(ahead.tokens[n])) continue;
  if (n > 1) {
    const decode::Work before = work();
    compute_answers({positions, n}, model.config().n_layers, batch_logits, batch_signatures);
    ahead.owed = work() - before;
    for (std::uint32_t i = 0; i < n; ++i) ahead.owed = ahead.owed - row_cost(positions[i]);
    ahead.size = n;
  }
  for (std::uint32_t i = 0; i < n; ++i) cache.retract();  // their slots stay as they are until others take them
}

cache::Position Session::State::readmit(Token token) noexcept {
  const cache::Position position = cache.readmit();
  if (!store) return position;
  store->append(position, static_cast<std::uint8_t>(token), cache.begin(), true);
  store->confirm(cache, position);
  if (store->keeps_answer(position)) {
    const auto row = static_cast<std::size_t>(ahead.taken);
    store->keep_answer(position, runner.exit_inputs(model.config().n_layers, {&position, 1}, cache),
                       batch_signatures + row * signature_size());
  }
  cache.confirm(position);
  return position;
}

void Session::State::answer_from_batch(std::size_t row, bool with_memory) noexcept {
  std::copy_n(batch_logits + row * kVocabSize, kVocabSize, answer.logits);
  if (coherence) {
    std::copy_n(batch_signatures + row * signature_size(), signature_size(), signature);
    has_signature = true;
  }
  finish_exit_answer(model.config().n_layers, with_memory);
}

decode::Work Session::State::row_cost(cache::Position position) noexcept {
  const ModelConfig& c = model.config();
  const cache::Progress& progress = cache.progress(position);
  decode::Work cost;
  cost.layers_run = layers_run_for(position);
  cost.layers_replayed = c.n_layers - cost.layers_run;
  const bool runs_first = progress.replayed == 0 && cost.layers_run > 0;
  const std::uint64_t found_by_byte = runs_first ? std::uint64_t{c.hidden} * c.qkv_width() : 0;
  const std::uint64_t head = progress.answer_replayed ? 0 : std::uint64_t{c.hidden} * kVocabSize;
  cost.macs = cost.layers_run * c.layer_macs() - found_by_byte + head;
  const std::uint64_t seen = std::min<std::uint64_t>(window, position - cache.begin() + 1);
  cost.kv_bytes_read = cost.layers_run * seen * cache.kv_row_bytes();
  cost.kv_bytes_written = cost.layers_run * cache.kv_row_bytes();
  return cost;
}

decode::Work Session::State::taken_cost(cache::Position position) noexcept {
  decode::Work cost = row_cost(position);
  if (store && ahead.taken == 0) cost = cost + ahead.owed;
  return cost;
}

}  // namespace mgt
