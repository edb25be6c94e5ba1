#include "generation/sampling.hpp"
#include "session/state.hpp"

namespace mgt {

Generator::Generator(Session& session, const GenerateOptions& options) noexcept
    : session_(&session), options_(options), rng_(options.seed) {}

Expected<Generator> Generator::start(Session& session, std::span<const std::uint8_t> prompt,
                                     const GenerateOptions& options) noexcept {
  if (auto checked = check(options); !checked) return std::unexpected(checked.error());
  if (prompt.empty() && !session.state_->answer.given) {
    return fail(Errc::empty_input, "prompt of 0 tokens for a session without an answer, at least 1 is needed");
  }
  if (!prompt.empty()) {
    if (auto view = session.prefill(prompt); !view) return std::unexpected(view.error());
  }
  return Generator(session, options);
}

Expected<GeneratedToken> Generator::next() noexcept {
  const std::span<const float> probabilities(session_->state_->answer.probabilities, kVocabSize);
  const Token token = sample(probabilities, options_, rng_);
  const GeneratedToken made = report(token, probabilities);  // before the step overwrites the answer
  if (auto view = session_->step(token); !view) return std::unexpected(view.error());
  return made;
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
