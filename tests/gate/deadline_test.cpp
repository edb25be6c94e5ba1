// A deadline in microseconds becomes a bound on depth, from bounds that the options give: no clock is asked.
#include "gate/deadline.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <string>

#include "support/tiny_energy.hpp"

namespace mgt::test {
namespace {

SessionOptions with_deadline(float us) {
  SessionOptions options;
  options.deadline_us = us;
  options.step_bound_us = {40.0f, 20.0f, 10.0f, 2.0f};
  return options;
}

}  // namespace

TEST_CASE("the deepest tier whose bound fits is taken, the shallowest where none does", "[gate]") {
  CHECK(*gate::resolve_deadline({}) == Tier::full);
  CHECK(*gate::resolve_deadline(with_deadline(1000)) == Tier::full);
  CHECK(*gate::resolve_deadline(with_deadline(40)) == Tier::full);
  CHECK(*gate::resolve_deadline(with_deadline(39.9f)) == Tier::reduced);
  CHECK(*gate::resolve_deadline(with_deadline(10)) == Tier::safe);
  CHECK(*gate::resolve_deadline(with_deadline(3)) == Tier::skip);
  CHECK(*gate::resolve_deadline(with_deadline(1)) == Tier::skip);
}

TEST_CASE("a deadline that is no time, or has no bounds, is refused by name", "[gate][errors]") {
  const auto message = [](SessionOptions options) {
    const auto tier = gate::resolve_deadline(options);
    return tier ? std::string("accepted") : std::string(tier.error().message());
  };
  CHECK(message(with_deadline(-1)).find("deadline_us is -1, allowed are 0 to 1e+09") == 0);
  CHECK(message(with_deadline(std::nanf(""))).find("deadline_us is ") == 0);
  SessionOptions options = with_deadline(20);
  options.step_bound_us[1] = 0;
  CHECK(message(options).find("step_bound_us of tier 1 is 0") == 0);
  options.step_bound_us[1] = std::nanf("");
  CHECK(message(options).find("step_bound_us of tier 1 is ") == 0);
  CHECK_FALSE(Session::create(tiny_model(), options));
}

TEST_CASE("no step goes deeper than the deadline, and the witness says which would have", "[gate][session]") {
  const Model model = tiny_energy_model();
  const auto bytes = random_tokens(400, 5);
  for (const float us : {25.0f, 12.0f, 3.0f}) {
    for (const PolicyKind policy : {PolicyKind::dense, PolicyKind::exact, PolicyKind::standard}) {
      SessionOptions options = with_deadline(us);
      options.policy = policy;
      options.coherence = false;  // lambda's reasons would stand before this one
      auto session = Session::create(model, options);
      REQUIRE(session.has_value());
      std::size_t late = 0;
      for (const auto byte : bytes) {
        const Witness& w = *session->step(byte % 16u)->witness;
        CHECK(w.tier >= session->deadline_tier());
        if (w.reason == GateReason::Deadline) {
          CHECK(w.tier == session->deadline_tier());
          ++late;
        }
      }
      CHECK(late > 0);
      if (policy == PolicyKind::dense) CHECK(late == bytes.size());
    }
  }
}

TEST_CASE("a tier asked for by name has no deadline", "[gate][session]") {
  auto session = Session::create(tiny_model(), with_deadline(3));
  REQUIRE(session.has_value());
  CHECK(session->step({.token = 65, .tier = Tier::full})->witness->tier == Tier::full);
  const std::uint8_t text[] = {66, 67, 68};
  CHECK(session->prefill(text)->witness->tier == Tier::full);
  CHECK(session->step(65u)->witness->tier == Tier::skip);
  CHECK(session->logits()->witness->tier == Tier::full);
}

}  // namespace mgt::test
