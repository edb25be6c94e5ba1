#include "generation/sampling.hpp"
#include "generation/speculation.hpp"
#include "session/state.hpp"

namespace mgt {

Generator::Generator(Session& session, const GenerateOptions& options) noexcept
    : session_(&session), options_(options), rng_(options.seed) {}

Expected<void> Generator::may_speculate(const Session& session) noexcept {
  const Session::State& state = *session.state_;
  if (state.runs_every_layer()) return {};
  if (state.may_change_state()) {
    return fail(Errc::option_out_of_range,
                "speculative is on and policy %s may clear the context or drop a token; allowed are drop_ratio_q15_max "
                "32767 with allow_kv_write_when_unstable",
                name_of(session.policy_kind()));
  }
  if (state.options.tier) {
    return fail(Errc::option_out_of_range, "speculative is on and tier is %u, allowed is 0",
                static_cast<unsigned>(*state.options.tier));
  }
  if (state.deadline_tier != Tier::full) {
    return fail(Errc::option_out_of_range,
                "speculative is on and the deadline is %g us, which tier 0 misses by its bound of %g us",
                static_cast<double>(state.options.deadline_us), static_cast<double>(state.options.step_bound_us[0]));
  }
  return fail(Errc::option_out_of_range,
              "speculative is on and policy is %s, which leaves layers out by itself; allowed are dense and exact, or "
              "tier 0",
              name_of(session.policy_kind()));
}

Expected<Generator> Generator::start(Session& session, std::span<const std::uint8_t> prompt,
                                     const GenerateOptions& options) noexcept {
  if (auto checked = check(options); !checked) return std::unexpected(checked.error());
  if (options.speculative) {
    if (auto checked = may_speculate(session); !checked) return std::unexpected(checked.error());
  }
  if (prompt.empty() && !session.state_->answer.given) {
    return fail(Errc::empty_input, "prompt of 0 tokens for a session without an answer, at least 1 is needed");
  }
  if (!prompt.empty()) {
    if (auto view = session.prefill(prompt); !view) return std::unexpected(view.error());
  }
  return Generator(session, options);
}

std::span<const float> Generator::answer() const noexcept {
  return {session_->state_->answer.probabilities, kVocabSize};
}

Expected<GeneratedToken> Generator::next() noexcept {
  const Token token = sample(answer(), options_, rng_);
  const GeneratedToken made = report(token, answer());  // before the step overwrites the answer
  step(token);
  return made;
}

void Generator::step(Token token) noexcept {
  Session::State& s = *session_->state_;
  StepInput input;
  input.token = token;
  ++stats_.tokens;
  if (!options_.speculative || !s.memory) {
    s.run_step(input);
    stats_.rounds += s.witness.layers_run > 0;
    return;
  }
  generation::Pace::fade(drafts_);
  if (s.ahead.next > 0 && s.ahead.next < s.ahead.size) {  // a draft stands where this token goes
    const bool came_true = s.ahead.continues_with(token);
    generation::Pace::learn(drafts_, s.ahead.next, came_true);
    stats_.accepted += came_true;
  }
  generation::Pace pace(generation::Prices(s.model.config()), drafts_);
  generation::MemoryDrafter drafter(*s.memory, s.prediction, options_, rng_, pace);
  s.run_step(input, &drafter);
  const bool is_first = s.ahead.taken <= 0;  // of a batch, or alone
  stats_.rounds += is_first && s.witness.layers_run > 0;
  if (is_first && s.ahead.size > 0) stats_.drafted += s.ahead.size - 1;
}

GeneratedToken Generator::report(Token token, std::span<const float> probabilities) noexcept {
  const auto with_logprob = [&](Token t) { return TokenLogprob{t, natural_log(probabilities[t])}; };
  const std::uint32_t n = options_.logprobs;
  if (n > 0) {
    std::uint8_t tokens[kVocabSize];
    generation::find_most_probable(probabilities.data(), n, tokens);
    for (std::uint32_t i = 0; i < n; ++i) top_[i] = with_logprob(tokens[i]);
  }
  return {with_logprob(token), std::span<const TokenLogprob>(top_).first(n)};
}

Expected<void> generate(Session& session, std::span<const std::uint8_t> prompt, const GenerateOptions& options,
                        std::span<std::uint8_t> out) noexcept {
  auto generator = Generator::start(session, prompt, options);
  if (!generator) return std::unexpected(generator.error());
  for (std::uint8_t& byte : out) {
    const auto made = generator->next();
    if (!made) return std::unexpected(made.error());
    byte = static_cast<std::uint8_t>(made->drawn.token);
  }
  return {};
}

}  // namespace mgt
