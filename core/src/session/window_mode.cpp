// Window mode: up to T tokens at once, logits of the last, on a cache of its own.
#include <algorithm>

#include "decode/capacity.hpp"
#include "decode/catch_up.hpp"
#include "session/state.hpp"

namespace mgt {
namespace {

struct WindowScope {
  std::size_t tokens;
  std::uint32_t window;
};

/// Half of both at tier 1, T/8 and a quarter of the window at tier 2.
WindowScope scope_of(Tier tier, std::size_t n_tokens, std::uint32_t window, std::uint32_t trained_minimum) noexcept {
  const std::size_t token_divisor = tier == Tier::reduced ? 2 : tier == Tier::safe ? 8 : 1;
  const std::uint32_t window_divisor = tier == Tier::reduced ? 2 : tier == Tier::safe ? 4 : 1;
  return {std::max<std::size_t>(1, n_tokens / token_divisor), std::max(trained_minimum, window / window_divisor)};
}

Expected<void> check(std::span<const std::uint8_t> tokens, Tier tier, std::uint32_t most_tokens,
                     const Answer& answer) noexcept {
  if (tokens.empty()) return fail(Errc::empty_input, "infer of 0 tokens, at least 1 is needed");
  if (tokens.size() > most_tokens) {
    return fail(Errc::input_too_long, "infer of %zu tokens, the session takes at most %u", tokens.size(), most_tokens);
  }
  if (tier > Tier::skip) {
    return fail(Errc::option_out_of_range, "tier is %u, known are 0 to 3", static_cast<unsigned>(tier));
  }
  if (tier == Tier::skip && !answer.given) {
    return fail(Errc::option_out_of_range, "tier 3 repeats an answer of window mode, and none was given yet");
  }
  return {};
}

}  // namespace

Expected<StepView> Session::infer(std::span<const std::uint8_t> tokens, Tier tier) noexcept {
  State& s = *state_;
  if (auto checked = check(tokens, tier, s.window_tokens, s.window_answer); !checked) {
    return std::unexpected(checked.error());
  }
  const decode::Work before = s.runner.work();
  const std::uint32_t visible = tier == Tier::skip ? 0 : s.answer_window(tokens, tier);
  return s.conclude_window(tokens.back(), tier, visible, s.runner.work() - before);
}

std::uint32_t Session::State::answer_window(std::span<const std::uint8_t> tokens, Tier tier) noexcept {
  const ModelConfig& config = model.config();
  const std::uint32_t layers = config.tier_layers(tier);
  const WindowScope scope = scope_of(tier, tokens.size(), window, config.window_min);
  window_cache.reset();
  // The cache holds the receptive field: no older token has a say in the last one's logits.
  const std::size_t kept = std::min<std::size_t>(scope.tokens, window_cache.shape().capacity);
  for (const std::uint8_t token : tokens.last(kept)) runner.append(window_cache, token);
  // The states that the last one depends on, and no other: the receptive field narrows from layer to layer.
  const cache::Position last = window_cache.end() - 1;
  const decode::Context window_context = {window_cache, scope.window};
  if (options.window_capacity < 1.0f) {
    decode::deepen_at_capacity(runner, window_context, layers, options.window_capacity);
  } else {
    decode::deepen_exactly(runner, window_context, {&last, 1}, layers, nullptr);
  }
  runner.exit_logits(layers, {&last, 1}, window_cache, window_answer.logits);
  kernels().softmax(window_answer.logits, kVocabSize, window_answer.probabilities);
  window_answer.take_from_exit();
  window_answer.seal();
  window_answer.given = true;
  return static_cast<std::uint32_t>(std::min<std::size_t>(scope.window, scope.tokens));
}

StepView Session::State::conclude_window(std::uint8_t last, Tier tier, std::uint32_t visible,
                                         const decode::Work& cost) noexcept {
  const std::uint32_t layers = model.config().tier_layers(tier);
  window_macs = cost.macs;
  Witness& w = window_witness;
  w.step = window_steps++;
  w.token = last;
  w.tier = tier;
  w.reason = tier == Tier::full ? GateReason::None : GateReason::ForcedByFlag;
  w.effective_window = static_cast<std::uint16_t>(visible);
  w.layers_run = static_cast<std::uint16_t>(layers);
  w.layers_caught_up = saturate<std::uint16_t>(cost.layers_run - layers);
  w.layers_deferred = static_cast<std::uint16_t>(model.config().n_layers - layers);
  w.kv_bytes_read = saturate<std::uint32_t>(cost.kv_bytes_read);
  w.kv_bytes_written = saturate<std::uint32_t>(cost.kv_bytes_written);
  w.kv_write = false;
  w.energy = 1.0f - window_answer.probabilities[window_answer.top_token];
  close(w, window_answer);
  return {{window_answer.probabilities, kVocabSize}, &w, &window_answer};
}

}  // namespace mgt
