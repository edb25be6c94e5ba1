// Options, errors, tiers, packets and the witness of a session.
#include "mgt/session.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <cstring>
#include <numeric>
#include <optional>

#include "support/sessions.hpp"
#include "support/tiny_model.hpp"

namespace mgt::test {
namespace {

TEST_CASE("a token out of range changes nothing", "[session][errors]") {
  const Model model = tiny_model();
  Session session = make_session(model);
  Session reference = make_session(model);
  for (const auto token : random_tokens(20, 1)) {
    const auto refused = session.step(256 + token);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code() == Errc::token_out_of_range);
    REQUIRE(session.step(token)->witness->hash == reference.step(token)->witness->hash);
  }
}

TEST_CASE("options out of range are named", "[session][errors]") {
  const Model model = tiny_model();
  const auto code_of = [&](auto edit) {
    SessionOptions options;
    edit(options);
    const auto session = Session::create(model, options);
    const auto plan = Session::plan(model, options);
    REQUIRE_FALSE(session.has_value());
    REQUIRE_FALSE(plan.has_value());
    CHECK(session.error().code() == plan.error().code());
    return session.error().code();
  };
  CHECK(code_of([](auto& o) { o.window = 3; }) == Errc::window_out_of_range);
  CHECK(code_of([](auto& o) { o.window = 65; }) == Errc::window_out_of_range);
  CHECK(code_of([](auto& o) { o.memory_bytes = 1000; }) == Errc::option_out_of_range);
  CHECK(code_of([](auto& o) { o.tier = static_cast<Tier>(4); }) == Errc::option_out_of_range);
  CHECK(code_of([](auto& o) { o.policy = static_cast<PolicyKind>(9); }) == Errc::option_out_of_range);
  CHECK(code_of([](auto& o) { o.kv = static_cast<KvMode>(2); }) == Errc::option_out_of_range);
  CHECK(code_of([](auto& o) {
          o.policy = PolicyKind::custom;
          o.custom.exit_confidence = std::nanf("");
        }) == Errc::option_out_of_range);
  for (const float nats : {-1.0f, 64.5f, std::nanf("")}) {
    CHECK(code_of([nats](auto& o) {
            o.policy = PolicyKind::custom;
            o.custom.spike_fire_nats = nats;
          }) == Errc::option_out_of_range);
  }
}

TEST_CASE("a policy says from how many nats on a spike fires, and when spikes are a storm", "[session][gate]") {
  const Model model = tiny_model();
  struct Count {
    std::size_t fired = 0;
    std::size_t frozen = 0;
  };
  const auto count = [&](float fire_nats) {
    SessionOptions options;
    options.policy = PolicyKind::custom;
    options.custom.spike_fire_nats = fire_nats;
    options.custom.spike_rate_q15_max = 1 << 14;
    Session session = make_session(model, options);
    Count n;
    for (const auto token : random_tokens(200, 9)) {
      const Witness& w = *session.step(token)->witness;
      n.fired += w.spike_fired;
      n.frozen += w.reason == GateReason::SpikeStorm;
    }
    return n;
  };
  CHECK(count(0.0f).fired == 200);
  CHECK(count(0.0f).frozen > 100);
  CHECK(count(64.0f).fired == 0);  // random bytes: a steady 5.5 nats, which sum up to 28
  CHECK(count(64.0f).frozen == 0);
  CHECK(count(20.0f).fired > 100);
  CHECK(count(20.0f).fired < 200);  // the first few bytes do not reach it
}

TEST_CASE("every memory bound in the allowed range works", "[session]") {
  const Model model = tiny_model();
  for (const std::uint32_t bytes : {1u << 18, 539'584u, 539'600u, 539'700u, 1u << 19, 1u << 20, 1u << 26}) {
    SessionOptions options;
    options.memory_bytes = bytes;
    const auto plan = Session::plan(model, options);
    REQUIRE(plan.has_value());
    CHECK(plan->memory_bytes <= bytes + (1u << 20));
    Session session = make_session(model, options);
    for (const auto token : random_tokens(300, 3)) REQUIRE(session.step(token % 16u).has_value());
  }
}

TEST_CASE("a session without a memory takes any memory bound, since it uses none", "[session]") {
  SessionOptions options;
  options.memory = false;
  for (const std::uint32_t bytes : {0u, 1u, 0xffffffffu}) {
    options.memory_bytes = bytes;
    const auto plan = Session::plan(tiny_model(), options);
    REQUIRE(plan.has_value());
    CHECK(plan->memory_bytes == 0);
  }
}

TEST_CASE("lossless replay does not go with propagated KV", "[session][errors]") {
  const Model model = tiny_model();
  SessionOptions options;
  options.policy = PolicyKind::exact;
  options.kv = KvMode::propagate;
  CHECK(Session::create(model, options).error().code() == Errc::option_out_of_range);
}

TEST_CASE("a model whose session would be too large is refused before anything is allocated", "[session][errors]") {
  TinyOptions shape;
  shape.n_layers = 64;
  shape.context_length = 65536;
  shape.hidden = 128;
  shape.ffn = 32;
  shape.n_heads = 4;
  shape.n_kv_heads = 4;
  const Model model = tiny_model(shape);
  CHECK(Session::plan(model, {}).has_value());  // the context's length alone costs nothing
  SessionOptions options;
  options.policy = PolicyKind::exact;
  options.replay = 1u << 20;
  CHECK(Session::plan(model, options).error().code() == Errc::option_out_of_range);
  CHECK(Session::create(model, options).error().code() == Errc::option_out_of_range);
}

TEST_CASE("a model of one layer runs at tier 0", "[session]") {
  TinyOptions shape;
  shape.n_layers = 1;
  const Model model = tiny_model(shape);
  SessionOptions options;
  options.policy = PolicyKind::dense;
  Session session = make_session(model, options);
  CHECK(session.step(1u)->witness->tier == Tier::full);

  options.policy = PolicyKind::custom;
  options.custom.exit_confidence = 1.0f;
  Session gated = make_session(model, options);
  CHECK(gated.step(1u)->witness->reason == GateReason::None);  // no exit: none was left alone
}

TEST_CASE("the spike packet says where the stream has been before", "[session][spike]") {
  const Model model = tiny_model();
  Session session = make_session(model);
  CHECK(session.spike().top_len == 0);
  const auto line = random_tokens(30, 8);
  for (int time = 0; time < 2; ++time) {
    for (const auto token : line) REQUIRE(session.step(token).has_value());
  }
  const SpikePacket packet = session.spike();
  REQUIRE(packet.top_len >= 1);
  CHECK(packet.top_idx[0] == 30);
  CHECK(packet.top_w_q15[0] == 30 * 1024);
  const auto view = session.step(line[0]);
  CHECK(session.spike().fired == view->witness->spike_fired);
  CHECK(session.spike().rate_q15 == view->witness->spike_rate_q15);
  CHECK(session.spike().novelty_q15 == view->witness->spike_novelty_q15);
  CHECK(session.spike().top_w_q15[0] == 31 * 1024);

  SessionOptions options;
  options.memory = false;
  Session alone = make_session(model, options);
  for (const auto token : line) REQUIRE(alone.step(token).has_value());
  CHECK(alone.spike().top_len == 0);
}

TEST_CASE("every step is a distribution, whatever the tier", "[session]") {
  const Model model = tiny_model();
  SessionOptions options;
  options.policy = PolicyKind::permissive;
  Session session = make_session(model, options);
  Random random(4);
  for (const auto token : random_tokens(300, 6)) {
    StepInput input;
    input.token = token % 7;
    if (random.uniform() > 0) input.tier = static_cast<Tier>(random.next() >> 62);
    const auto view = session.step(input);
    const double sum = std::accumulate(view->probabilities.begin(), view->probabilities.end(), 0.0);
    REQUIRE(std::abs(sum - 1.0) < 1e-4);
    for (const float p : view->probabilities) REQUIRE(p > 0.0f);
    for (const float l : view->logits()) REQUIRE(std::isfinite(l));
    if (view->witness->tier != Tier::skip) continue;
    for (std::size_t i = 0; i < kVocabSize; ++i) {
      REQUIRE(std::abs(view->logits()[i] - std::log(view->probabilities[i])) < 1e-4f);
    }
  }
  const SessionStats& stats = session.stats();
  CHECK(stats.tiers[0] + stats.tiers[1] + stats.tiers[2] + stats.tiers[3] == stats.tokens);
}

TEST_CASE("asking for a skipped step's logits changes nothing else", "[session][snapshot]") {
  const Model model = tiny_model();
  Session asked = make_session(model, {}), silent = make_session(model, {});
  std::optional<StepView> last;
  for (const auto token : random_tokens(40, 9)) {
    const Token few = token % 7u;
    const StepInput input{.token = few, .tier = token % 3 == 0 ? Tier::full : Tier::skip};
    last = *asked.step(input);
    const std::vector<float> logits(last->logits().begin(), last->logits().end());
    REQUIRE(silent.step(input)->witness->hash == last->witness->hash);
    REQUIRE(std::ranges::equal(last->logits(), logits));
  }
  const StepInput skipped{.token = 3, .tier = Tier::skip};
  last = *asked.step(skipped);
  REQUIRE(silent.step(skipped).has_value());
  const std::vector<float> logits(last->logits().begin(), last->logits().end());
  std::vector<std::byte> with(asked.snapshot_bytes()), without(silent.snapshot_bytes());
  with.resize(*asked.snapshot(with));
  without.resize(*silent.snapshot(without));
  REQUIRE(with == without);

  // A silent event repeats the answer, and a restored session has it as well.
  Session restored = make_session(model, {});
  REQUIRE(restored.restore(without).has_value());
  SpikePacket nothing;
  nothing.fired = 0;
  StepInput quiet;
  quiet.token = 3;
  quiet.spike = &nothing;
  REQUIRE(std::ranges::equal(restored.step(quiet)->logits(), logits));
}

TEST_CASE("the window can be chosen within the trained range", "[session]") {
  const Model model = tiny_model();
  SessionOptions options;
  options.window = 64;
  options.policy = PolicyKind::dense;
  Session session = make_session(model, options);
  for (const auto token : random_tokens(80, 6)) REQUIRE(session.step(token).has_value());
  CHECK(session.step(1u)->witness->effective_window == 64);
}

TEST_CASE("a quiet external spike repeats the previous answer bit for bit", "[session][gate]") {
  const Model model = tiny_model();
  Session session = make_session(model);
  REQUIRE(session.step(5u).has_value());
  const std::uint64_t before = session.step(6u)->witness->output_hash;
  SpikePacket quiet;
  quiet.fired = 0;
  StepInput input;
  input.token = 7;
  input.spike = &quiet;
  const auto view = session.step(input);
  CHECK(view->witness->tier == Tier::skip);
  CHECK(view->witness->output_hash == before);
  CHECK(view->witness->layers_run == 0);
}

TEST_CASE("an incoherent packet quarantines: the token leaves no trace", "[session][gate]") {
  const Model model = tiny_model();
  SessionOptions options;
  options.policy = PolicyKind::custom;
  options.custom.lambda_min = 100;
  options.custom.allow_kv_write_when_unstable = false;
  options.custom.kv = KvMode::exact;
  Session session = make_session(model, options);
  Session reference = make_session(model, options);
  GatePacket calm;
  calm.lambda = calm.lambda_prev = 200;
  GatePacket torn;
  torn.lambda = 50;
  torn.lambda_prev = 60;
  const auto step = [](Session& s, Token token, const GatePacket& packet) {
    StepInput input;
    input.token = token;
    input.gate = &packet;
    auto view = s.step(input);
    REQUIRE(view.has_value());
    return *view;
  };
  for (const auto token : random_tokens(30, 3)) {
    const StepView kept = step(session, token, calm);
    const std::vector<float> logits(kept.logits().begin(), kept.logits().end());
    const StepView expected = step(reference, token, calm);
    REQUIRE(std::memcmp(logits.data(), expected.logits().data(), expected.logits().size_bytes()) == 0);
    const StepView torn_view = step(session, 255u - token, torn);
    CHECK(torn_view.witness->decision == GateDecision::QuarantineUpdates);
    CHECK(torn_view.witness->reason == GateReason::LambdaBelowMin);
    CHECK_FALSE(torn_view.witness->kv_write);
    CHECK_FALSE(torn_view.witness->external_write);
  }
}

/// Byte 65 with a packet whose lambda falls by nine tenths.
Expected<StepView> step_with_drop(Session& session) {
  GatePacket drop;
  drop.lambda = 10;
  drop.lambda_prev = 100;
  StepInput input;
  input.token = 65;
  input.gate = &drop;
  return session.step(input);
}

TEST_CASE("a fast drop of lambda clears the context", "[session][gate]") {
  const Model model = tiny_model();
  SessionOptions options;
  options.policy = PolicyKind::custom;
  options.custom.drop_ratio_q15_max = 1 << 14;
  options.memory = false;
  Session session = make_session(model, options);
  Session fresh = make_session(model, options);
  for (const auto token : random_tokens(40, 3)) REQUIRE(session.step(token).has_value());
  const auto flushed = step_with_drop(session);
  CHECK(flushed->witness->decision == GateDecision::FlushKv);
  CHECK(flushed->witness->effective_window == 1);
  const auto first = fresh.step(65u);
  CHECK(std::memcmp(flushed->logits().data(), first->logits().data(), first->logits().size_bytes()) == 0);
}

TEST_CASE("a drop of lambda clears the context whatever fires beside it, unless the token leaves no trace",
          "[session][gate]") {
  const Model model = tiny_model();
  for (const bool writes : {true, false}) {
    SessionOptions options;
    options.policy = PolicyKind::custom;
    options.custom.drop_ratio_q15_max = 1 << 14;
    options.custom.lambda_min = 50;
    options.custom.allow_kv_write_when_unstable = writes;
    Session session = make_session(model, options);
    for (const auto token : random_tokens(40, 3)) REQUIRE(session.step(token).has_value());
    const auto view = step_with_drop(session);
    CHECK(view->witness->decision == GateDecision::QuarantineUpdates);
    CHECK((view->witness->effective_window == 1) == writes);
    CHECK(view->witness->kv_write == writes);
  }
}

TEST_CASE("the witness chain verifies, and a flipped field is found", "[session][witness]") {
  const Model model = tiny_model();
  Session session = make_session(model);
  std::uint64_t chain = model.hash();
  for (const auto token : random_tokens(100, 12)) {
    Witness w = *session.step(token)->witness;
    REQUIRE(w.previous_hash == chain);
    REQUIRE(seal(w) == w.hash);
    chain = w.hash;
    w.token ^= 1;
    REQUIRE(seal(w) != w.hash);
  }
}

TEST_CASE("reset makes a session new", "[session]") {
  const Model model = tiny_model();
  Session session = make_session(model);
  const auto tokens = random_tokens(150, 2);
  std::uint64_t first = 0;
  for (const auto token : tokens) first = session.step(token)->witness->hash;
  session.reset();
  std::uint64_t second = 0;
  for (const auto token : tokens) second = session.step(token)->witness->hash;
  CHECK(first == second);
}

}  // namespace
}  // namespace mgt::test
