// Generators on sessions: reproducible text, logprobs, prompts and errors.
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <vector>

#include "mgt/generate.hpp"
#include "support/sessions.hpp"
#include "support/tiny_model.hpp"

namespace mgt::test {
namespace {

TEST_CASE("generation is reproducible and follows its options", "[generation]") {
  const Model model = tiny_model();
  const auto prompt = random_tokens(20, 9);
  const auto run = [&](const GenerateOptions& options) {
    Session session = make_session(model);
    std::vector<std::uint8_t> out(40);
    REQUIRE(generate(session, prompt, options, out).has_value());
    return out;
  };
  CHECK(run({}) == run({}));
  CHECK(run({}) == run({.seed = 7}));
  CHECK(run({}) == run({.temperature = 1, .top_k = 1}));
  CHECK(run({.temperature = 1, .seed = 1}) == run({.temperature = 1, .seed = 1}));
  CHECK(run({.temperature = 1, .seed = 1}) != run({.temperature = 1, .seed = 2}));
  CHECK(run({.temperature = 1, .seed = 1}) != run({.temperature = 1, .seed = 1, .top_k = 5}));
}

TEST_CASE("a refused generation leaves the session as it was", "[generation][errors]") {
  const Model model = tiny_model();
  Session session = make_session(model);
  const auto prompt = random_tokens(20, 9);
  CHECK(Generator::start(session, prompt, {.temperature = 11}).error().code() == Errc::option_out_of_range);
  CHECK(Generator::start(session, {}, {}).error().code() == Errc::empty_input);
  CHECK(session.stats().tokens == 0);
  REQUIRE(session.prefill(prompt).has_value());
  CHECK(Generator::start(session, {}, {}).has_value());
  CHECK(session.stats().tokens == prompt.size());
}

TEST_CASE("logprobs are those of the answer before temperature and cuts", "[generation]") {
  const Model model = tiny_model();
  const auto prompt = random_tokens(20, 9);
  Session session = make_session(model);
  Session reference = make_session(model);
  const GenerateOptions options{.temperature = 1.5f, .seed = 3, .top_k = 30, .logprobs = 20};
  auto generator = Generator::start(session, prompt, options);
  REQUIRE(generator.has_value());
  auto view = reference.prefill(prompt);
  for (int i = 0; i < 50; ++i) {
    const std::vector<float> p(view->probabilities.begin(), view->probabilities.end());
    const auto made = generator->next();
    REQUIRE(made.has_value());
    CHECK(std::abs(made->drawn.logprob - std::log(p[made->drawn.token])) < 1e-5f);
    REQUIRE(made->top.size() == 20);
    std::vector<bool> listed(kVocabSize);
    for (std::size_t n = 0; n < 20; ++n) {
      listed[made->top[n].token] = true;
      if (n > 0) CHECK(made->top[n].logprob <= made->top[n - 1].logprob);
    }
    for (std::size_t t = 0; t < kVocabSize; ++t) {
      if (!listed[t]) CHECK(p[t] <= p[made->top[19].token]);
    }
    view = reference.step(made->drawn.token);
  }
  CHECK(session.stats().logits_hash == reference.stats().logits_hash);
}

}  // namespace
}  // namespace mgt::test
