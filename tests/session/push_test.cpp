// Tokens taken in without an answer, and the answer asked for afterwards.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cstring>

#include "mgt/session.hpp"
#include "model/dense_forward.hpp"
#include "support/sessions.hpp"
#include "support/tiny_model.hpp"

namespace mgt::test {
namespace {

std::vector<std::uint8_t> random_bytes(std::size_t n, std::uint64_t seed) {
  const auto tokens = random_tokens(n, seed);
  return {tokens.begin(), tokens.end()};
}

StepView step_at(Session& session, Token token, Tier tier) {
  StepInput input;
  input.token = token;
  input.tier = tier;
  const auto view = session.step(input);
  REQUIRE(view.has_value());
  return *view;
}

TEST_CASE("100,000 asked-for answers in exact mode are dense", "[session][push][property]") {
  TinyOptions shape;
  shape.hidden = 32;
  shape.n_heads = 1;
  shape.n_kv_heads = 1;
  shape.ffn = 32;
  shape.window = 4;
  shape.window_min = 2;
  const Model model = tiny_model(shape);
  const std::uint32_t top = model.config().n_layers - 1;
  SessionOptions options;
  options.policy = PolicyKind::exact;
  options.replay = GENERATE(0u, 64u);
  Session session = make_session(model, options);
  Random random(3);
  std::size_t answers = 0;
  for (std::uint64_t seed = 0; answers < 50'000; ++seed) {
    const auto tokens = random_tokens(160, seed % 64);
    const auto dense = detail::dense_forward(model.data(), kernels(), tokens, model.config().window).value();
    session.reset();
    for (std::size_t at = 0; at < tokens.size(); ++answers) {
      const std::size_t n = std::min<std::size_t>(1 + random.next() % 9, tokens.size() - at);
      const std::vector<std::uint8_t> part(tokens.begin() + static_cast<std::ptrdiff_t>(at),
                                           tokens.begin() + static_cast<std::ptrdiff_t>(at + n));
      at += n;
      if (random.next() % 4 == 0) {
        for (const std::uint8_t token : part) step_at(session, token, static_cast<Tier>(random.next() >> 62));
      } else {
        REQUIRE(session.push(part).has_value());
      }
      const auto view = session.logits();
      REQUIRE(view.has_value());
      REQUIRE(std::memcmp(view->logits().data(), dense.logits_at(top, at - 1).data(), view->logits().size_bytes()) ==
              0);
    }
  }
}

TEST_CASE("pushing is stepping at tier 3, and asking replaces that step's answer", "[session][push]") {
  const Model model = tiny_model();
  SessionOptions options;
  options.kv = GENERATE(KvMode::exact, KvMode::propagate);
  options.memory = GENERATE(true, false);
  Session pushed = make_session(model, options);
  Session stepped = make_session(model, options);
  const auto bytes = random_bytes(50, 8);
  StepView last;
  for (const std::uint8_t token : bytes) last = step_at(stepped, token, Tier::skip);
  const auto view = pushed.push(bytes);
  REQUIRE(view.has_value());
  CHECK(view->witness->hash == last.witness->hash);
  CHECK(std::memcmp(&pushed.stats(), &stepped.stats(), sizeof(SessionStats)) == 0);

  const Witness before = *view->witness;
  const auto answer = pushed.logits();
  REQUIRE(answer.has_value());
  const Witness& after = *answer->witness;
  CHECK(after.step == before.step);
  CHECK(after.previous_hash == before.hash);
  CHECK(after.hash != before.hash);
  CHECK(after.tier == Tier::full);
  CHECK(after.layers_run == model.config().n_layers);
  CHECK(pushed.stats().tokens == bytes.size());
  CHECK(pushed.stats().tiers[0] == 1);
  CHECK(pushed.stats().tiers[3] == bytes.size() - 1);
  CHECK(pushed.stats().layers_run == std::uint64_t{after.layers_run} + after.layers_caught_up);

  SECTION("asking again computes nothing") {
    const Witness sealed = after;
    CHECK(pushed.logits()->witness->hash == sealed.hash);
    CHECK(pushed.stats().layers_run == std::uint64_t{sealed.layers_run} + sealed.layers_caught_up);
  }
}

TEST_CASE("asking after an early exit runs the layers above it alone", "[session][push]") {
  const Model model = tiny_model();
  SessionOptions options;
  options.kv = GENERATE(KvMode::exact, KvMode::propagate);
  Session asked = make_session(model, options);
  for (const std::uint8_t token : random_bytes(20, 9)) step_at(asked, token, Tier::full);
  step_at(asked, 'x', Tier::safe);
  const auto view = asked.logits();
  REQUIRE(view.has_value());
  CHECK(view->witness->layers_run == model.config().n_layers - 1);
  CHECK(view->witness->layers_caught_up == 0);
  Session full = make_session(model, options);
  for (const std::uint8_t token : random_bytes(20, 9)) step_at(full, token, Tier::full);
  const StepView direct = step_at(full, 'x', Tier::full);
  CHECK(std::memcmp(view->logits().data(), direct.logits().data(), direct.logits().size_bytes()) == 0);
}

TEST_CASE("nothing pushed and nothing to answer are refused", "[session][push]") {
  const Model model = tiny_model();
  Session session = make_session(model, {});
  const auto answer = session.logits();
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().code() == Errc::empty_input);
  const auto pushed = session.push({});
  REQUIRE_FALSE(pushed.has_value());
  CHECK(pushed.error().code() == Errc::empty_input);
  CHECK(session.stats().tokens == 0);
}

}  // namespace
}  // namespace mgt::test
