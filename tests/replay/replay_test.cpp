// Exact replay changes what is computed, never what is answered: sessions with it beside sessions without.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cstring>
#include <string>
#include <vector>

#include "mgt/session.hpp"
#include "support/sessions.hpp"
#include "support/snapshots.hpp"
#include "support/tiny_energy.hpp"

namespace mgt::test {
namespace {

Model small_model() {
  TinyOptions shape;
  shape.hidden = 32;
  shape.n_heads = 1;
  shape.n_kv_heads = 1;
  shape.ffn = 32;
  return tiny_model(shape);
}

/// Text that comes back from any distance, in copies of any length, with foreign bytes in between.
std::vector<std::uint8_t> repetitive_stream(std::size_t n, std::uint64_t seed) {
  Random random(seed);
  std::vector<std::uint8_t> text;
  while (text.size() < n) {
    for (std::uint64_t i = random.next() % 8; i > 0; --i)
      text.push_back(static_cast<std::uint8_t>(random.next() >> 56));
    if (text.empty()) continue;
    const std::size_t span = random.next() % 2 == 0 ? 200 : 3000;
    const std::size_t back = 1 + random.next() % std::min<std::size_t>(text.size(), span);
    for (std::uint64_t i = random.next() % 150; i > 0; --i) text.push_back(text[text.size() - back]);
  }
  text.resize(n);
  return text;
}

bool same_answer(const StepView& a, const StepView& b) {
  return same_bits(a.logits(), b.logits()) && same_bits(a.probabilities, b.probabilities);
}

/// What both sessions are told at a step: a tier now and then, and packets that flush, freeze and quarantine.
struct Script {
  Random random;
  GatePacket packet;

  StepInput next(std::uint8_t token) {
    StepInput input;
    input.token = token;
    const std::uint64_t choice = random.next() >> 60;
    if (choice < 4) input.tier = static_cast<Tier>(choice);
    packet = {};
    packet.lambda = packet.lambda_prev = 1000;
    const std::uint64_t event = random.next() % 256;
    if (event == 0) packet.lambda = 400;                                  // a fall: flush
    if (event < 8 && event > 0) packet.lambda = packet.lambda_prev = 10;  // quarantine
    if (event == 8) packet.flags = GatePacket::kForceSafe;
    input.gate = &packet;
    return input;
  }
};

SessionOptions gated_options(std::uint32_t window, std::uint32_t replay) {
  SessionOptions options;
  options.policy = PolicyKind::custom;
  options.custom.kv = KvMode::exact;
  options.custom.lambda_min = 100;
  options.custom.drop_ratio_q15_max = 1 << 14;
  options.custom.allow_kv_write_when_unstable = false;
  options.window = window;
  options.memory_bytes = 1u << 18;
  options.replay = replay;
  return options;
}

}  // namespace

TEST_CASE("policy exact answers every step as dense does", "[replay][session][property]") {
  const Model model = small_model();
  SessionOptions options;
  options.window = GENERATE(8u, 16u);
  options.memory_bytes = 1u << 18;
  options.policy = PolicyKind::dense;
  Session dense = make_session(model, options);
  options.policy = PolicyKind::exact;
  options.replay = GENERATE(16u, 100u, 8192u);
  Session exact = make_session(model, options);
  CHECK(exact.replay_positions() == *options.replay);
  CHECK(dense.replay_positions() == 0);
  bool same = true;
  for (const auto token : repetitive_stream(20'000, *options.replay + options.window)) {
    const auto a = dense.step(token);
    const auto b = exact.step(token);
    same = same && same_answer(*a, *b);
  }
  CHECK(same);
  CHECK(dense.stats().logits_hash == exact.stats().logits_hash);
  CHECK(exact.stats().layers_replayed > 0);
  CHECK(exact.stats().layers_run < dense.stats().layers_run);
  CHECK(exact.stats().layers_replayed + exact.stats().layers_run >= dense.stats().layers_run);
}

TEST_CASE("random tiers, flushes and quarantines: replay changes no answer", "[replay][session][property]") {
  const Model model = small_model();
  const std::uint32_t window = GENERATE(8u, 16u);
  const std::uint32_t replay = GENERATE(16u, 300u, 8192u);
  Session without = make_session(model, gated_options(window, 0));
  Session with = make_session(model, gated_options(window, replay));
  Script one{Random(replay), {}};
  Script two{Random(replay), {}};
  bool same = true;
  for (const auto token : repetitive_stream(15'000, replay * 3 + window)) {
    const auto a = without.step(one.next(token));
    const auto b = with.step(two.next(token));
    same = same && same_answer(*a, *b);
  }
  CHECK(same);
  CHECK(with.stats().layers_replayed > 0);
  CHECK(with.stats().layers_run < without.stats().layers_run);
  CHECK(without.stats().layers_replayed == 0);
}

TEST_CASE("an energy accepts the same answers with replay as without", "[replay][session][gate]") {
  const Model model = tiny_energy_model();
  SessionOptions options = gated_options(8, 0);
  options.custom.energy_max = 0.2f;
  options.custom.energy_hysteresis = 3.0f;
  Session without = make_session(model, options);
  options.replay = 300;
  Session with = make_session(model, options);
  std::size_t replayed = 0, shortened = 0;
  for (const auto token : repetitive_stream(6'000, 5)) {
    const auto a = without.step(token);
    const auto b = with.step(token);
    REQUIRE(same_answer(*a, *b));
    replayed += b->witness->reason == GateReason::ExactReplay;
    shortened += a->witness->tier != Tier::full;
  }
  CHECK(replayed > 100);
  CHECK(shortened > 100);
}

TEST_CASE("100,000 full steps among random tiers, replays and snapshots have dense logits",
          "[replay][snapshot][property]") {
  const Model model = small_model();
  SessionOptions options;
  options.memory_bytes = 1u << 18;
  options.policy = PolicyKind::dense;
  Session dense = make_session(model, options);
  options.policy = PolicyKind::exact;
  Session exact = make_session(model, options);
  Random random(5);
  std::size_t full_steps = 0, restores = 0;
  bool same = true;
  for (const auto token : repetitive_stream(130'000, 77)) {
    StepInput input;
    input.token = token;
    const std::uint64_t choice = random.next() >> 59;
    if (choice < 8) input.tier = static_cast<Tier>(choice % 4);
    const auto a = dense.step(token);
    const auto b = exact.step(input);
    if (!input.tier || *input.tier == Tier::full) {
      same = same && same_bits(a->logits(), b->logits());
      full_steps += 1;
    }
    if (random.next() % 2048 == 0) {
      Session other = make_session(model, options);
      REQUIRE(other.restore(snapshot_of(exact)));
      exact = std::move(other);
      restores += 1;
    }
  }
  CHECK(same);
  CHECK(full_steps > 100'000);
  CHECK(restores > 40);
  CHECK(exact.stats().layers_replayed > 0);
}

TEST_CASE("prefill with replay answers as stepping without", "[replay][prefill]") {
  const Model model = small_model();
  SessionOptions options;
  options.policy = PolicyKind::dense;
  Session dense = make_session(model, options);
  options.replay = 512;
  Session prefilled = make_session(model, options);
  const auto text = repetitive_stream(6000, 5);
  Random random(9);
  for (std::span<const std::uint8_t> rest(text); !rest.empty();) {
    const auto part = rest.first(std::min<std::size_t>(rest.size(), 1 + random.next() % 90));
    for (const auto token : part) REQUIRE(dense.step(token).has_value());
    REQUIRE(prefilled.prefill(part).has_value());
    REQUIRE(dense.stats().logits_hash == prefilled.stats().logits_hash);
    rest = rest.subspan(part.size());
  }
  CHECK(prefilled.stats().layers_replayed > 0);
}

TEST_CASE("prefill counts the work that stepping counts where repeats lie in different batches", "[replay][prefill]") {
  const Model model = small_model();
  SessionOptions options;
  options.policy = PolicyKind::exact;
  options.replay = 512;
  Session stepped = make_session(model, options);
  Session prefilled = make_session(model, options);
  const auto text = random_tokens(150, 5);
  for (int time = 0; time < 3; ++time) {
    for (std::span<const std::uint8_t> rest(text); !rest.empty(); rest = rest.subspan(30)) {
      const auto part = rest.first(30);
      for (const auto token : part) REQUIRE(stepped.step(token).has_value());
      REQUIRE(prefilled.prefill(part).has_value());
    }
  }
  const SessionStats& a = stepped.stats();
  const SessionStats& b = prefilled.stats();
  CHECK(b.layers_replayed > 0);
  CHECK(b.layers_run == a.layers_run);
  CHECK(b.layers_replayed == a.layers_replayed);
  CHECK(b.kv_projections == a.kv_projections);
  CHECK(b.macs == a.macs);
  CHECK(b.kv_bytes_read == a.kv_bytes_read);
  CHECK(b.kv_bytes_written == a.kv_bytes_written);
}

TEST_CASE("the replay option is checked, and its memory is in the plan", "[replay][session][errors]") {
  const Model model = small_model();
  SessionOptions options;
  options.policy = PolicyKind::exact;
  CHECK(Session::plan(model, options)->replay_bytes > 0);
  const std::size_t large = Session::plan(model, options)->total_bytes;
  options.replay = 0;
  CHECK(Session::plan(model, options)->replay_bytes == 0);
  CHECK(Session::plan(model, options)->total_bytes < large);
  for (const std::uint32_t refused : {1u, 15u, (1u << 20) + 1}) {
    options.replay = refused;
    CHECK(Session::plan(model, options).error().code() == Errc::option_out_of_range);
    CHECK(Session::create(model, options).error().code() == Errc::option_out_of_range);
  }
  options.policy = PolicyKind::standard;
  options.replay = 64;
  CHECK(Session::create(model, options).error().code() == Errc::option_out_of_range);
}

}  // namespace mgt::test
