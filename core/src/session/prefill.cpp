// Many tokens at once, at tier 0: layers in batches, everything else token by token as in a step.
#include <algorithm>

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

  // Rules that flush or freeze depend on each step's packet: then nothing can be computed ahead of it.
  const bool state_is_gated = !s.policy.allow_kv_write_when_unstable || s.policy.drop_ratio_q15_max < 0x7fff;
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

StepView Session::State::prefill_batch(std::span<const std::uint8_t> tokens) noexcept {
  const std::size_t n = tokens.size();
  const std::uint32_t n_layers = model.config().n_layers;
  const std::size_t words = (graph::signature_bits(model.config().hidden) + 63) / 64;
  const decode::Work before = runner.work();

  cache::Position positions[decode::kMaxBatch];
  for (std::size_t i = 0; i < n; ++i) positions[i] = cache.append(tokens[i]);
  for (std::uint32_t layer = 0; layer < n_layers; ++layer) {
    runner.run(context(), layer, {positions, n});
    if (layer > 0 || !coherence) continue;
    for (std::size_t i = 0; i < n; ++i) take_signature(positions[i], batch_signatures + i * words);
  }
  runner.exit_logits(n_layers, {positions, n}, cache, batch_logits);

  decode::Work cost;
  cost.layers_run = n_layers;
  // NOLINTNEXTLINE(clang-analyzer-core.DivideZero): a batch is never empty
  cost.macs = (runner.work().macs - before.macs) / n;
  cost.kv_bytes_written = n_layers * cache.kv_row_bytes();
  StepView view;
  for (std::size_t i = 0; i < n; ++i) {
    StepInput input;
    input.token = tokens[i];
    const Evidence evidence = sense(input);
    remember(input.token, evidence);
    std::copy_n(batch_logits + i * kVocabSize, kVocabSize, answer.logits);
    finish_exit_answer(n_layers, memory.has_value());
    settle(Tier::full, n_layers, GateReason::ForcedByFlag, 0.0f);
    if (evidence.rules.reason != GateReason::None) witness.reason = evidence.rules.reason;
    cost.kv_bytes_read =
        n_layers * std::min<std::uint64_t>(window, positions[i] - cache.begin() + 1) * cache.kv_row_bytes();
    view = conclude(input.token, evidence, positions[i], cost, coherence ? batch_signatures + i * words : nullptr);
  }
  return view;
}

}  // namespace mgt
