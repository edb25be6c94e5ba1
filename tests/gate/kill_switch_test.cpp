// Early exits turn themselves off where they do not pay, and are tried again.
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <random>
#include <string>

#include "gate/kill_switch.hpp"
#include "mgt/session.hpp"
#include "support/shipped.hpp"

using mgt::gate::KillSwitch;

namespace {

/// Closes one account of `exit` in which every look saved this much.
void close_account(KillSwitch& kill_switch, std::size_t exit, std::uint64_t cost, std::uint64_t saved) {
  for (std::uint32_t i = 0; i < KillSwitch::kLooks; ++i) {
    REQUIRE(kill_switch.allows(exit));
    kill_switch.enter(exit, cost, saved);
  }
}

/// How many steps in a row may not look.
std::uint32_t pause_of(KillSwitch& kill_switch, std::size_t exit) {
  std::uint32_t steps = 0;
  while (!kill_switch.allows(exit)) ++steps;
  return steps;
}

}  // namespace

TEST_CASE("an exit that does not earn its looks is left alone for a while, the other one is not", "[gate]") {
  KillSwitch kill_switch;
  close_account(kill_switch, 0, 100, 99);
  CHECK(kill_switch.allows(1));
  CHECK(pause_of(kill_switch, 0) == KillSwitch::kPause);
  close_account(kill_switch, 0, 100, 100);
  CHECK(pause_of(kill_switch, 0) == 0);
}

TEST_CASE("an account counts as a whole, and a new one starts from nothing", "[gate]") {
  KillSwitch kill_switch;
  for (std::uint32_t i = 0; i < KillSwitch::kLooks; ++i) kill_switch.enter(1, 10, i == 0 ? 10 * KillSwitch::kLooks : 0);
  CHECK(pause_of(kill_switch, 1) == 0);
  close_account(kill_switch, 1, 10, 0);
  CHECK(pause_of(kill_switch, 1) == KillSwitch::kPause);
}

TEST_CASE("on noise gating by confidences costs no more than 2 % over dense, and says that it is off",
          "[gate][session]") {
  std::mt19937 random(7);
  std::string noise;
  for (int i = 0; i < 6000; ++i) noise.push_back(static_cast<char>(random() & 0xff));
  const mgt::Model model = mgt::test::load_shipped("baseline-q8_0");
  std::uint64_t off = 0;
  const auto macs_under = [&](mgt::PolicyKind policy, bool memory) {
    mgt::SessionOptions options;
    options.policy = policy;
    options.memory = memory;
    auto session = mgt::Session::create(model, options);
    REQUIRE(session.has_value());
    for (const char c : noise) {
      const auto view = session->step(static_cast<unsigned char>(c));
      off += view->witness->reason == mgt::GateReason::KillSwitch;
    }
    return static_cast<double>(session->stats().macs);
  };
  const double dense = macs_under(mgt::PolicyKind::dense, false);
  CHECK(off == 0);
  // The energy needs the memory, and finds no exit worth asking where that knows nothing.
  CHECK(macs_under(mgt::PolicyKind::standard, true) < 1.001 * dense);
  CHECK(off == 0);
  CHECK(macs_under(mgt::PolicyKind::standard, false) < 1.02 * dense);
  CHECK(off > noise.size() / 2);
}
