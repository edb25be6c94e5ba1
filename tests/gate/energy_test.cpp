// The energy of cheap answers: its arithmetic, its threshold, and what a session makes of it.
#include "gate/energy.hpp"

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "mgt/session.hpp"
#include "support/tiny_energy.hpp"

namespace mgt::test {
namespace {

using Catch::Approx;
using gate::EnergyGate;

constexpr detail::EnergyTable kTable{{-0.25f, 0.5f, -0.25f, -1.0f, 0, 0, -1.0f, 0, 0, 0, -2.0f, 0}};

double odds(double p) {
  return std::log(p / (1 - p));
}

Session make_session(const Model& model, const SessionOptions& options) {
  auto session = Session::create(model, options);
  REQUIRE(session.has_value());
  return *std::move(session);
}

SessionOptions with_energy(float energy_max) {
  SessionOptions options;
  options.policy = PolicyKind::custom;
  options.custom.energy_max = energy_max;
  options.custom.energy_hysteresis = 0;
  return options;
}

/// Lines that repeat, so that every kind of answer has its turn.
std::string lines() {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "status installed package-" + std::to_string(i * 7 % 13) + ":amd64\n";
  return text;
}

}  // namespace

TEST_CASE("log-odds of the energy are the sum that the table says", "[gate]") {
  const gate::EnergySignals signals{0.9f, 1.5f, 0.8f};
  const double expected = -0.25 * odds(0.9) + 0.5 * std::log(1.55) - 0.25 * odds(0.8) - 1;
  CHECK(gate::energy_log_odds(kTable.row(0), signals) == Approx(expected).epsilon(1e-5));
}

TEST_CASE("the energy is a number for every signal and every weight that a file may have", "[gate]") {
  for (const float weight : {-64.0f, 64.0f}) {
    for (const float p : {0.0f, 1e-30f, 0.5f, 1.0f}) {
      for (const float potential : {0.0f, 400.0f}) {
        const float row[] = {weight, weight, weight, weight};
        const float log_odds = gate::energy_log_odds(row, {p, potential, p});
        CHECK(std::isfinite(log_odds));
        CHECK(gate::probability_of(log_odds) >= 0.0f);
        CHECK(gate::probability_of(log_odds) <= 1.0f);
      }
    }
  }
}

TEST_CASE("how unsure an unsure answer is counts less", "[gate]") {
  const auto own = [](float confidence) {
    const float row[4] = {0.0f, 0.0f, 1.0f, 0.0f};
    return double{gate::energy_log_odds(row, {0.5f, 1.0f, confidence})};
  };
  const auto log_odds = [](double p) { return std::log(p / (1 - p)); };
  for (const double p : {0.4, 0.5, 0.9, 0.99}) CHECK(own(static_cast<float>(p)) == Approx(log_odds(p)).margin(1e-5));
  for (const double p : {0.3, 0.1, 0.01}) {
    CHECK(own(static_cast<float>(p)) == Approx(-0.5 + 0.3 * (log_odds(p) + 0.5)).margin(1e-5));
  }
}

TEST_CASE("an answer suffices where its energy is at most the threshold", "[gate]") {
  EnergyGate gate(kTable, 0.1f, 0.0f);  // row 1: 1 - confidence
  gate.begin(0.5f, 0.0f, false);
  CHECK(gate.accepts(1, 0.91f));
  CHECK_FALSE(gate.accepts(1, 0.89f));
  CHECK(gate.finding()->energy == Approx(0.11).epsilon(1e-4));
  CHECK(gate.finding()->threshold == Approx(0.1).epsilon(1e-4));
  gate.end();
  CHECK_FALSE(gate.finding());
  CHECK_FALSE(gate.accepts(1, 0.999f));  // no step is under way
}

TEST_CASE("the last exit suffices at eight times the odds", "[gate]") {
  constexpr double kOdds = 8 * 0.1 / 0.9;
  const double limit = kOdds / (1 + kOdds);
  EnergyGate gate(kTable, 0.1f, 0.0f);  // row 2: odds of (1 - confidence) / confidence, squared
  gate.begin(0.5f, 0.0f, false);
  CHECK(gate.accepts(2, 0.52f));
  CHECK(gate.finding()->energy == Approx(0.46006).epsilon(1e-4));
  CHECK(gate.finding()->threshold == Approx(limit).epsilon(1e-4));
  CHECK_FALSE(gate.accepts(2, 0.51f));
  CHECK_FALSE(gate.accepts(1, 0.52f));
}

TEST_CASE("0 accepts nothing, 1 everything, a gate without a table nothing", "[gate]") {
  EnergyGate none(kTable, 0.0f, 0.0f);
  EnergyGate all(kTable, 1.0f, 16.0f);
  EnergyGate off;
  for (EnergyGate* gate : {&none, &all, &off}) gate->begin(1.0f, 0.0f, true);
  CHECK_FALSE(none.accepts(0, 1.0f));
  CHECK(all.accepts(0, 0.0f));
  CHECK_FALSE(off.accepts(0, 1.0f));
  CHECK_FALSE(off.finding());
}

TEST_CASE("hysteresis asks for more after a step of all layers", "[gate]") {
  EnergyGate gate(kTable, 0.1f, 1.0f);
  gate.begin(0.5f, 0.0f, false);
  CHECK(gate.accepts(1, 0.92f));
  gate.begin(0.5f, 0.0f, true);
  CHECK_FALSE(gate.accepts(1, 0.92f));
  CHECK(gate.accepts(1, 0.97f));
  CHECK(gate.finding()->threshold == Approx(1 / (1 + 9 * std::exp(1.0))).epsilon(1e-4));
}

TEST_CASE("a session's witnesses show energies on the right side of the threshold", "[gate][session]") {
  const Model model = tiny_energy_model();
  Session session = make_session(model, with_energy(0.3f));
  std::size_t early = 0, deep = 0;
  for (const char c : lines()) {
    const Witness& w = *session.step(static_cast<unsigned char>(c))->witness;
    if (w.reason == GateReason::KillSwitch) continue;
    const bool at_last_exit = w.threshold == Approx(2.4 / 3.1).epsilon(1e-4);
    if (!at_last_exit) CHECK(w.threshold == Approx(0.3).epsilon(1e-4));
    if (w.tier == Tier::reduced) CHECK(at_last_exit);
    if (w.tier == Tier::safe || w.tier == Tier::skip) CHECK_FALSE(at_last_exit);
    const bool is_early = w.reason == GateReason::MemoryHit || w.reason == GateReason::LowRisk;
    CHECK((w.energy <= w.threshold) == is_early);
    (is_early ? early : deep) += 1;
  }
  CHECK(early > 100);
  CHECK(deep > 50);
}

TEST_CASE("a higher threshold never computes more layers of this stream", "[gate][session]") {
  const Model model = tiny_energy_model();
  std::uint64_t before = ~std::uint64_t{0};
  for (const float energy_max : {0.0f, 0.1f, 0.3f, 1.0f}) {
    Session session = make_session(model, with_energy(energy_max));
    for (const char c : lines()) REQUIRE(session.step(static_cast<unsigned char>(c)));
    CHECK(session.stats().layers_run < before);
    before = session.stats().layers_run;
  }
  CHECK(before == 0);  // the memory answers whatever comes
}

TEST_CASE("energy needs its weights and the memory", "[gate][session][errors]") {
  const Model plain = tiny_model();
  CHECK(Session::create(plain, with_energy(0.1f)).error().code() == Errc::option_out_of_range);
  const Model model = tiny_energy_model();
  SessionOptions options = with_energy(0.1f);
  options.memory = false;
  const auto refused = Session::create(model, options);
  REQUIRE_FALSE(refused);
  CHECK(std::string(refused.error().message()).find("energy_max is 0.1, a session without memory") == 0);
  CHECK(Session::create(model, with_energy(1.5f)).error().code() == Errc::option_out_of_range);
  CHECK(Session::create(model, with_energy(std::nanf(""))).error().code() == Errc::option_out_of_range);
  options = with_energy(0.1f);
  options.custom.energy_hysteresis = -1;
  CHECK(Session::create(model, options).error().code() == Errc::option_out_of_range);
}

TEST_CASE("a named policy takes the model's energy, and two confidences without memory", "[gate][session]") {
  const Model model = tiny_energy_model();
  SessionOptions options;
  const Session with_memory = make_session(model, options);
  CHECK(with_memory.policy().energy_max == kTinyEnergyMax);
  CHECK(with_memory.policy().memory_confidence > 1.0f);
  options.memory = false;
  const Session without = make_session(model, options);
  CHECK(without.policy().energy_max == 0.0f);
  CHECK(without.policy().exit_confidence <= 1.0f);
  options.memory = true;
  options.policy = PolicyKind::permissive;  // the file has no energy for it
  CHECK(make_session(model, options).policy().energy_max == 0.0f);
}

}  // namespace mgt::test
