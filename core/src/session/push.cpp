// Taking tokens in without asking, and asking once: where an output is wanted now and then only.
#include "session/state.hpp"

namespace mgt {

Expected<StepView> Session::push(std::span<const std::uint8_t> tokens) noexcept {
  if (tokens.empty()) return fail(Errc::empty_input, "push of 0 tokens, at least 1 is needed");
  StepInput input;
  input.tier = Tier::skip;
  StepView view;
  for (const std::uint8_t token : tokens) {
    input.token = token;
    view = state_->run_step(input);
  }
  return view;
}

Expected<StepView> Session::logits() noexcept {
  State& s = *state_;
  if (!s.answer.given) return fail(Errc::empty_input, "logits before the first token, at least 1 is needed");
  // A token that a rule kept out of the state has no position whose layers could be run, nor has a forged snapshot's.
  const bool has_position = s.witness.kv_write && s.cache.end() > s.cache.begin();
  const bool is_full_answer = s.answer.layers == s.model.config().n_layers;
  return has_position && !is_full_answer ? s.answer_in_full() : s.view();
}

StepView Session::State::answer_in_full() noexcept {
  const decode::Work before = work();
  const cache::Position position = cache.end() - 1;
  const std::uint32_t n_layers = model.config().n_layers;
  const std::uint32_t ran_before = layers_run_for(position);
  answer_from_exit(position, n_layers, memory.has_value());

  --stats.tiers[static_cast<std::size_t>(witness.tier)];
  ++stats.tiers[static_cast<std::size_t>(Tier::full)];
  settle(Tier::full, n_layers, GateReason::ForcedByFlag, 0.0f);
  witness.layers_run = static_cast<std::uint16_t>(layers_run_for(position) - ran_before);
  enter_cost(work() - before);
  return seal_answer();
}

}  // namespace mgt
