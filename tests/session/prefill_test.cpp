// Prefill is stepping in batches: the same bits, the same state, the same witness chain.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cstring>

#include "mgt/session.hpp"
#include "support/snapshots.hpp"
#include "support/tiny_model.hpp"

namespace mgt::test {
namespace {

TEST_CASE("prefill of any length leaves what stepping at tier 0 leaves", "[session][prefill]") {
  const Model model = tiny_model();
  const KvMode kv = GENERATE(KvMode::exact, KvMode::propagate);
  const bool memory = GENERATE(true, false);
  const std::size_t length = GENERATE(1, 2, 7, 31, 32, 33, 34, 64, 200);
  SessionOptions options;
  options.kv = kv;
  options.memory = memory;
  auto stepping = Session::create(model, options);
  auto prefilled = Session::create(model, options);
  REQUIRE(stepping.has_value());
  REQUIRE(prefilled.has_value());

  // A gated beginning, so that positions of every kind precede the chunk.
  const auto beginning = random_tokens(60, 21);
  Random random(5);
  for (const auto token : beginning) {
    StepInput input;
    input.token = token;
    input.tier = static_cast<Tier>(random.next() >> 62);
    REQUIRE(stepping->step(input).has_value());
    REQUIRE(prefilled->step(input).has_value());
  }
  const auto chunk = random_tokens(length, 22);
  std::uint64_t stepped_hash = 0;
  for (const auto token : chunk) {
    StepInput input;
    input.token = token;
    input.tier = Tier::full;
    stepped_hash = stepping->step(input)->witness->hash;
  }
  const auto view = prefilled->prefill(chunk);
  REQUIRE(view.has_value());
  CHECK(view->witness->hash == stepped_hash);
  CHECK(snapshot_of(*stepping) == snapshot_of(*prefilled));

  // And the streams go on alike, gated.
  for (const auto token : random_tokens(50, 23)) {
    const auto a = stepping->step(token);
    const auto b = prefilled->step(token);
    REQUIRE(a->witness->hash == b->witness->hash);
  }
  CHECK(std::memcmp(&stepping->stats(), &prefilled->stats(), sizeof(SessionStats)) == 0);
}

TEST_CASE("prefill of nothing is refused and changes nothing", "[session][prefill]") {
  const Model model = tiny_model();
  auto session = Session::create(model, {});
  REQUIRE(session.has_value());
  const auto view = session->prefill({});
  REQUIRE_FALSE(view.has_value());
  CHECK(view.error().code() == Errc::empty_input);
  CHECK(session->stats().tokens == 0);
}

}  // namespace
}  // namespace mgt::test
