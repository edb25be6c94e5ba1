// Window mode: up to T tokens at once, logits of the last, on a cache of its own.
#include <algorithm>

#include "decode/capacity.hpp"
#include "decode/catch_up.hpp"
#include "hash.hpp"
#include "memory/vector_loops.hpp"
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

}  // namespace

Expected<StepView> Session::infer(std::span<const std::uint8_t> tokens, Tier tier) noexcept {
  State& s = *state_;
  const ModelConfig& config = s.model.config();
  if (tokens.empty()) return fail(Errc::empty_input, "infer of 0 tokens, at least 1 is needed");
  if (tokens.size() > s.window_tokens) {
    return fail(Errc::input_too_long, "infer of %zu tokens, the session takes at most %u", tokens.size(),
                s.window_tokens);
  }
  if (tier > Tier::skip) {
    return fail(Errc::option_out_of_range, "tier is %u, known are 0 to 3", static_cast<unsigned>(tier));
  }
  if (tier == Tier::skip && !s.window_answer.given) {
    return fail(Errc::option_out_of_range, "tier 3 repeats an answer of window mode, and none was given yet");
  }

  Answer& answer = s.window_answer;
  const decode::Work before = s.runner.work();
  const std::uint32_t layers = config.tier_layers(tier);
  std::uint32_t visible = 0;
  if (tier != Tier::skip) {
    const WindowScope scope = scope_of(tier, tokens.size(), s.window, config.window_min);
    s.window_cache.reset();
    // The cache holds the receptive field: no older token has a say in the last one's logits.
    const std::size_t kept = std::min<std::size_t>(scope.tokens, s.window_cache.shape().capacity);
    for (const std::uint8_t token : tokens.last(kept)) s.runner.append(s.window_cache, token);
    // The states that the last one depends on, and no other: the receptive field narrows from layer to layer.
    const cache::Position last = s.window_cache.end() - 1;
    const decode::Context context = {s.window_cache, scope.window};
    if (s.window_capacity < 1.0f) {
      decode::deepen_at_capacity(s.runner, context, layers, s.window_capacity);
    } else {
      decode::deepen_exactly(s.runner, context, {&last, 1}, layers, nullptr);
    }
    s.runner.exit_logits(layers, {&last, 1}, s.window_cache, answer.logits);
    kernels().softmax(answer.logits, kVocabSize, answer.probabilities);
    answer.from_exit = true;
    answer.logits_due = false;
    answer.top_token = memory::find_top(answer.probabilities);
    answer.seal();
    answer.given = true;
    visible = static_cast<std::uint32_t>(std::min<std::size_t>(scope.window, scope.tokens));
  }

  const decode::Work cost = s.runner.work() - before;
  s.window_macs = cost.macs;
  Witness& w = s.window_witness;
  w.step = s.window_steps++;
  w.token = tokens.back();
  w.tier = tier;
  w.reason = tier == Tier::full ? GateReason::None : GateReason::ForcedByFlag;
  w.effective_window = static_cast<std::uint16_t>(visible);
  w.layers_run = static_cast<std::uint16_t>(layers);
  w.layers_caught_up = saturate<std::uint16_t>(cost.layers_run - layers);
  w.layers_deferred = static_cast<std::uint16_t>(config.n_layers - layers);
  w.kv_bytes_read = saturate<std::uint32_t>(cost.kv_bytes_read);
  w.kv_bytes_written = saturate<std::uint32_t>(cost.kv_bytes_written);
  w.kv_write = false;
  w.top_token = answer.top_token;
  w.top_probability = answer.probabilities[answer.top_token];
  w.energy = 1.0f - w.top_probability;
  w.output_hash = answer.hash;
  w.previous_hash = w.hash;
  w.hash = seal(w);
  return StepView{{answer.probabilities, kVocabSize}, &w, &answer};
}

}  // namespace mgt
