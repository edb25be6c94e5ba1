// What "lossless" promises: whatever tiers came before, a full step gives the dense model's bits.
#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <string>
#include <vector>

#include "mgt/session.hpp"
#include "model/dense_forward.hpp"
#include "support/sessions.hpp"
#include "support/tiny_model.hpp"

namespace mgt::test {
namespace {

SessionOptions exact_without_memory() {
  SessionOptions options;
  options.policy = PolicyKind::exact;
  options.memory = false;
  return options;
}

TEST_CASE("a dense session repeats the plain forward pass bit for bit", "[session][exact]") {
  TinyOptions shape;
  shape.n_kv_heads = 1;
  const Model model = tiny_model(shape);
  const auto tokens = random_tokens(100, 7);
  SessionOptions options = exact_without_memory();
  options.policy = PolicyKind::dense;
  Session session = make_session(model, options);
  const auto dense = detail::dense_forward(model.data(), kernels(), tokens, model.config().window).value();
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const auto view = session.step(tokens[i]);
    REQUIRE(view.has_value());
    REQUIRE(same_bits(view->logits(), dense.logits_at(model.config().n_layers - 1, i)));
  }
}

TEST_CASE("10,000 random tier sequences: a full step in exact mode is dense", "[session][exact][property]") {
  TinyOptions shape;
  shape.hidden = 32;
  shape.n_heads = 1;
  shape.n_kv_heads = 1;
  shape.ffn = 32;
  shape.window = 4;
  shape.window_min = 2;
  const Model model = tiny_model(shape);
  const std::uint32_t n_layers = model.config().n_layers;
  constexpr std::size_t kTokens = 24;
  Session session = make_session(model, exact_without_memory());
  Random random(11);
  std::size_t full_steps = 0;
  for (int sequence = 0; sequence < 10'000; ++sequence) {
    const auto tokens = random_tokens(kTokens, 1000 + static_cast<std::uint64_t>(sequence) % 64);
    const auto dense = detail::dense_forward(model.data(), kernels(), tokens, model.config().window).value();
    session.reset();
    for (std::size_t i = 0; i < kTokens; ++i) {
      StepInput input;
      input.token = tokens[i];
      const bool last = i + 1 == kTokens;
      const Tier tier = last ? Tier::full : static_cast<Tier>(random.next() >> 62);
      input.tier = tier;
      const auto view = session.step(input);
      REQUIRE(view.has_value());
      if (tier == Tier::skip) continue;
      const std::uint32_t layers = tier == Tier::full ? n_layers : 1;  // tier 1 of three layers is one layer
      REQUIRE(same_bits(view->logits(), dense.logits_at(layers - 1, i)));
      full_steps += tier == Tier::full;
    }
  }
  CHECK(full_steps > 10'000);
}

TEST_CASE("exact mode computes every layer of a position at most once", "[session][exact]") {
  const Model model = tiny_model();
  Session session = make_session(model, exact_without_memory());
  const auto tokens = random_tokens(400, 5);
  Random random(3);
  for (const auto token : tokens) {
    StepInput input;
    input.token = token;
    input.tier = static_cast<Tier>(random.next() >> 62);
    REQUIRE(session.step(input).has_value());
  }
  CHECK(session.stats().layers_run <= tokens.size() * model.config().n_layers);
  CHECK(session.stats().layers_caught_up > 0);
}

TEST_CASE("skipped positions that leave the receptive field are never computed", "[session][exact]") {
  const Model model = tiny_model();
  Session session = make_session(model, exact_without_memory());
  StepInput input;
  const std::size_t n = 1000;
  for (const auto token : random_tokens(n, 9)) {
    input.token = token;
    input.tier = Tier::skip;
    REQUIRE(session.step(input).has_value());
  }
  input.tier = Tier::full;
  REQUIRE(session.step(input).has_value());
  const ModelConfig& c = model.config();
  const std::uint64_t triangle = c.n_layers + std::uint64_t{c.n_layers * (c.n_layers - 1) / 2} * (c.window - 1);
  CHECK(session.stats().layers_run == triangle);
}

TEST_CASE("policy exact replays a constant run and keeps the dense hash", "[session][exact]") {
  const Model model = tiny_model();
  SessionOptions options;
  std::vector<std::uint8_t> tokens = random_tokens(50, 2);
  tokens.insert(tokens.end(), 300, 'a');
  const auto tail = random_tokens(50, 4);
  tokens.insert(tokens.end(), tail.begin(), tail.end());

  options.policy = PolicyKind::dense;
  Session dense = make_session(model, options);
  options.policy = PolicyKind::exact;
  Session exact = make_session(model, options);
  for (const auto token : tokens) {
    const auto a = dense.step(token);
    const auto b = exact.step(token);
    REQUIRE(same_bits(a->logits(), b->logits()));
    REQUIRE(same_bits(a->probabilities, b->probabilities));
  }
  CHECK(dense.stats().logits_hash == exact.stats().logits_hash);
  CHECK(exact.stats().layers_replayed > 200 * model.config().n_layers);
  CHECK(exact.stats().layers_run < dense.stats().layers_run / 2);
}

TEST_CASE("replay repeats full answers of the same context only", "[session][exact]") {
  const Model model = tiny_model();
  const std::uint32_t run = model.config().receptive_field(model.config().n_layers, model.config().window) + 1;
  SessionOptions options;
  options.memory = false;
  options.policy = PolicyKind::exact;
  Session exact = make_session(model, options);
  options.policy = PolicyKind::dense;
  Session dense = make_session(model, options);
  const auto both = [&](const StepInput& input) {
    const auto a = exact.step(input);
    const auto b = dense.step(input);
    REQUIRE(same_bits(a->logits(), b->logits()));
    return a->witness->layers_replayed;
  };
  StepInput input;
  input.token = 'a';
  for (std::uint32_t i = 0; i + 1 < run; ++i) both(input);
  StepInput shallow = input;
  shallow.tier = Tier::safe;
  both(shallow);
  CHECK(both(input) > 0);  // from the full answer before the shallow one
  CHECK(both(input) > 0);

  // The force flag bounds the depth, also beside a lambda below the minimum; what is replayed is its one layer, no
  // answer.
  GatePacket force;
  force.lambda = 1;
  force.lambda_prev = 1;
  force.flags = GatePacket::kForceSafe;
  StepInput forced = input;
  forced.gate = &force;
  CHECK(both(forced) <= 1);
  CHECK(dense.step(forced)->witness->layers_run == 1);
}

TEST_CASE("what policy conservative computes has the dense bits", "[session][exact]") {
  const Model model = tiny_model();
  SessionOptions options;
  options.policy = PolicyKind::dense;
  Session dense = make_session(model, options);
  options.policy = PolicyKind::conservative;
  Session conservative = make_session(model, options);

  Random random(6);
  std::size_t skipped = 0, calm = 0, computed_later = 0;
  for (int line = 0; line < 200; ++line) {
    std::string text = "worker is up and has nothing to say\n";
    text.insert(text.begin() + 7, static_cast<char>('0' + random.next() % 5));
    for (const char c : text) {
      const auto token = static_cast<Token>(static_cast<unsigned char>(c));
      const auto a = dense.step(token);
      const auto b = conservative.step(token);
      if (b->witness->layers_deferred > 0) {
        REQUIRE(b->witness->energy <= b->witness->threshold);
        ++skipped;
        calm += b->witness->top_probability < 0.98f;  // certain for what the last bytes cost
        continue;
      }
      computed_later += skipped > 0;
      REQUIRE(same_bits(a->logits(), b->logits()));
      REQUIRE(same_bits(a->probabilities, b->probabilities));
    }
  }
  CHECK(skipped > 1000);
  CHECK(calm > 0);
  CHECK(computed_later > 100);
}

TEST_CASE("a flush ends the run that replay counts", "[session][exact]") {
  const Model model = tiny_model();
  SessionOptions options;
  options.memory = false;
  options.policy = PolicyKind::custom;
  options.custom.kv = KvMode::exact;
  options.custom.lossless_replay = true;
  options.custom.drop_ratio_q15_max = 1 << 14;
  Session session = make_session(model, options);
  StepInput input;
  input.token = 'a';
  GatePacket calm;
  calm.lambda = calm.lambda_prev = 1000;
  input.gate = &calm;
  for (int i = 0; i < 100; ++i) REQUIRE(session.step(input).has_value());
  CHECK(session.stats().layers_replayed > 0);
  GatePacket drop = calm;
  drop.lambda = 1;
  input.gate = &drop;
  const auto flushed = session.step(input);
  CHECK(flushed->witness->layers_replayed == 0);
  CHECK(flushed->witness->layers_run == model.config().n_layers);
  input.gate = &calm;
  CHECK(session.step(input)->witness->layers_replayed == 0);
}

}  // namespace
}  // namespace mgt::test
