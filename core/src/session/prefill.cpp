// Many tokens at once, at tier 0: layers in batches, everything else token by token as in a step.
#include <algorithm>
#include <utility>

#include "session/state.hpp"

namespace mgt {

Expected<StepView> Session::prefill(std::span<const std::uint8_t> tokens) noexcept {
  if (tokens.empty()) return fail(Errc::empty_input, "prefill of 0 tokens, at least 1 is needed");
  State& s = *state_;
  StepInput input;
  input.tier = Tier::full;
  input.token = tokens[0];
  StepView view = s.run_step(input);  // also pays what skipped positions owe
  tokens = tokens.subspan(1);

  const bool state_is_gated = s.may_change_state();
  while (!tokens.empty()) {
    const std::size_t n = state_is_gated ? 1 : std::min(tokens.size(), decode::kMaxBatch);
    if (n == 1) {
      input.token = tokens[0];
      view = s.run_step(input);
    } else {
      view = s.prefill_batch(tokens.first(n));
    }
    tokens = tokens.subspan(n);
  }
  return view;
}

void Session::State::answer_batch(std::span<const cache::Position> positions) noexcept {
  const auto logits = [&](std::size_t i) { return batch_logits + i * kVocabSize; };
  const auto signature = [&](std::size_t i) { return batch_signatures + i * signature_size(); };
  std::size_t open = 0;  // positions [open, i) are still to be computed
  for (std::size_t i = 0; i < positions.size(); ++i) {
    if (!replay_answer(positions[i], logits(i), signature(i))) continue;
    if (open < i) {
      compute_answers(positions.subspan(open, i - open), model.config().n_layers, logits(open), signature(open));
    }
    open = i + 1;
  }
  if (open == positions.size()) return;
  compute_answers(positions.subspan(open), model.config().n_layers, logits(open), signature(open));
}

StepView Session::State::prefill_batch(std::span<const std::uint8_t> tokens) noexcept {
  const std::size_t n = tokens.size();
  const std::uint32_t n_layers = model.config().n_layers;
  const decode::Work before = work();
  cache::Position positions[decode::kMaxBatch];
  for (std::size_t i = 0; i < n; ++i) positions[i] = append(tokens[i], true);
  answer_batch({positions, n});

  // What is left after each position's own share is the debt of earlier ones: the first token's cost, as in stepping.
  decode::Work owed = work() - before;
  for (std::size_t i = 0; i < n; ++i) owed = owed - row_cost(positions[i]);
  StepView view;
  for (std::size_t i = 0; i < n; ++i) {
    StepInput input;
    input.token = tokens[i];
    const Evidence evidence = sense(input);
    remember(input.token, evidence);
    answer_from_batch(i, memory.has_value());
    settle(Tier::full, n_layers, GateReason::ForcedByFlag, 0.0f);
    report_replay(positions[i]);
    report_rules(evidence);

    const decode::Work cost = row_cost(positions[i]) + std::exchange(owed, {});
    view = conclude(input.token, evidence, positions[i], cost, coherence ? signature : nullptr);
  }
  return view;
}

}  // namespace mgt
