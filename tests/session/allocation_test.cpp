// All memory is taken by create(), exactly as much as plan() says, and a step takes none.
#include <catch2/catch_test_macros.hpp>

#include "mgt/generate.hpp"
#include "mgt/session.hpp"
#include "support/allocations.hpp"
#include "support/tiny_model.hpp"

#if !defined(MGT_FOREIGN_MALLOC)

namespace mgt::test {
namespace {

TEST_CASE("100,000 steps of all tiers allocate nothing", "[session][allocation]") {
  TinyOptions shape;
  shape.hidden = 32;
  shape.n_heads = 1;
  shape.n_kv_heads = 1;
  shape.ffn = 32;
  const Model model = tiny_model(shape);
  const auto tokens = random_tokens(1000, 3);
  for (const KvMode kv : {KvMode::exact, KvMode::propagate}) {
    SessionOptions options;
    options.kv = kv;
    if (kv == KvMode::exact) options.replay = 256;
    auto session = Session::create(model, options);
    REQUIRE(session.has_value());
    Random random(1);
    const std::size_t before = allocations::count();
    bool all_ran = true;
    for (int i = 0; i < 50'000; ++i) {
      StepInput input;
      input.token = tokens[static_cast<std::size_t>(i) % tokens.size()];
      const auto choice = random.next() >> 61;
      if (choice < 4) input.tier = static_cast<Tier>(choice);
      all_ran = all_ran && session->step(input).has_value();
    }
    all_ran =
        all_ran && session->prefill(tokens).has_value() && session->infer(std::span(tokens).first(20)).has_value();
    session->reset();
    const std::size_t after = allocations::count();
    CHECK(all_ran);
    CHECK(after == before);
  }
}

TEST_CASE("generation allocates nothing, speculating or not", "[session][allocation][generation]") {
  const Model model = tiny_model();
  SessionOptions options;
  options.policy = PolicyKind::dense;
  auto session = Session::create(model, options);
  REQUIRE(session.has_value());
  const auto prompt = random_tokens(50, 3);
  for (const bool speculative : {false, true}) {
    const std::size_t before = allocations::count();
    auto generator = Generator::start(*session, prompt,
                                      {.temperature = 0.8f, .top_k = 50, .logprobs = 5, .speculative = speculative});
    bool all_ran = generator.has_value();
    for (int i = 0; all_ran && i < 5'000; ++i) all_ran = generator->next().has_value();
    const std::size_t after = allocations::count();
    CHECK(all_ran);
    CHECK(after == before);
  }
}

TEST_CASE("snapshot and restore allocate nothing", "[session][allocation][snapshot]") {
  const Model model = tiny_model();
  const auto tokens = random_tokens(500, 3);
  for (const PolicyKind policy : {PolicyKind::exact, PolicyKind::standard}) {
    SessionOptions options;
    options.policy = policy;
    auto session = Session::create(model, options);
    REQUIRE(session.has_value());
    REQUIRE(session->prefill(tokens).has_value());
    std::vector<std::byte> bytes(session->snapshot_bytes());
    const std::size_t before = allocations::count();
    const bool saved = session->snapshot(bytes).has_value();
    const bool restored = session->restore(bytes).has_value();
    bytes[100] ^= std::byte{1};
    const bool refused = !session->restore(bytes).has_value();
    const std::size_t after = allocations::count();
    CHECK(saved);
    CHECK(restored);
    CHECK(refused);
    CHECK(after == before);
  }
}

TEST_CASE("create allocates what plan says", "[session][allocation]") {
  const Model model = tiny_model();
  for (const PolicyKind policy : {PolicyKind::dense, PolicyKind::exact, PolicyKind::standard}) {
    for (const bool memory : {false, true}) {
      SessionOptions options;
      options.policy = policy;
      options.memory = memory;
      const auto plan = Session::plan(model, options);
      REQUIRE(plan.has_value());
      const std::size_t before = allocations::bytes();
      auto session = Session::create(model, options);
      const std::size_t taken = allocations::bytes() - before;
      REQUIRE(session.has_value());
      CHECK(taken == plan->total_bytes);
    }
  }
}

TEST_CASE("create without memory is an error, whichever allocation is refused", "[session][allocation]") {
  const Model model = tiny_model();
  bool created = false;
  for (std::size_t n = 0; !created; ++n) {
    const long before = allocations::blocks_in_use();
    Errc code{};
    bool refused = false;
    {
      const allocations::Refusal refusal(n);
      const auto session = Session::create(model, {});
      created = session.has_value();
      refused = refusal.happened();
      if (!created) code = session.error().code();
    }
    const long after = allocations::blocks_in_use();
    INFO("allocation " << n);
    CHECK(refused != created);
    if (refused) CHECK(code == Errc::out_of_memory);
    CHECK(after == before);
  }
}

}  // namespace
}  // namespace mgt::test
#endif
