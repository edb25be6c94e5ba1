// The energy of cheap answers: its arithmetic, its threshold, and what a session makes of it.
#include "gate/energy.hpp"

#include <algorithm>
#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "mgt/session.hpp"
#include "support/sessions.hpp"
#include "support/tiny_energy.hpp"

namespace mgt::test {
namespace {

using Catch::Approx;
using gate::EnergyGate;

/// Energies of 1 - confidence, for an exit at the odds squared.
constexpr detail::EnergyTable kTable{{0, 0, 0, 0, 0, 0, -1.0f, 0,  //
                                      0, 0, 0, 0, 0, 0, -1.0f, 0,  //
                                      0, 0, 0, 0, 0, 0, -2.0f, 0}};
constexpr gate::StepSignals kSignals{0.5f, 0.0f, 0.0f, 0, false};

double odds(double p) {
  return std::log(p / (1 - p));
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
  for (int i = 0; i < 60; ++i) text += "status installed package-" + std::to_string(i * 37 % 101) + ":amd64\n";
  return text;
}

}  // namespace

TEST_CASE("log-odds of the energy are the sum that the table says", "[gate]") {
  gate::EnergyColumns columns = gate::columns_of({0.9f, 1.5f, 0.7f, 2, true});
  gate::set_own(columns, 0.8f);
  const float row[] = {-0.25f, 0.5f, 2.0f, 3.0f, 5.0f, 7.0f, -0.5f, -1.0f};
  const double expected =
      -0.25 * odds(0.9) + 0.5 * std::log(1.55) + 2 * std::log(0.75) + 3 * 2 + 5 + 7 - 0.5 * odds(0.8) - 1;
  CHECK(gate::energy_log_odds(row, columns) == Approx(expected).epsilon(1e-5));
}

TEST_CASE("outside of a word its columns say nothing", "[gate]") {
  const gate::EnergyColumns columns = gate::columns_of({0.9f, 1.5f, 0.7f, 0, false});
  const float row[] = {0, 0, 0, 3.0f, 5.0f, 7.0f, 0, 0};
  CHECK(gate::energy_log_odds(row, columns) == 0.0f);
}

TEST_CASE("the energy is a number for every signal and every weight that a file may have", "[gate]") {
  for (const float weight : {-64.0f, 64.0f}) {
    for (const float p : {0.0f, 1e-30f, 0.5f, 1.0f}) {
      for (const float potential : {0.0f, 400.0f}) {
        float row[detail::EnergyTable::kSignals];
        std::ranges::fill(row, weight);
        gate::EnergyColumns columns = gate::columns_of({p, potential, potential, 255, true});
        gate::set_own(columns, p);
        const float log_odds = gate::energy_log_odds(row, columns);
        CHECK(std::isfinite(log_odds));
        CHECK(gate::probability_of(log_odds) >= 0.0f);
        CHECK(gate::probability_of(log_odds) <= 1.0f);
      }
    }
  }
}

TEST_CASE("how unsure an unsure answer is counts less", "[gate]") {
  const auto own = [](float confidence) {
    gate::EnergyColumns columns{};
    gate::set_own(columns, confidence);
    return double{columns[static_cast<std::size_t>(gate::EnergyColumn::own)]};
  };
  for (const double p : {0.3, 0.5, 0.9, 0.99}) CHECK(own(static_cast<float>(p)) == Approx(odds(p)).margin(1e-5));
  for (const double p : {0.2, 0.1, 0.01}) {
    CHECK(own(static_cast<float>(p)) == Approx(-1 + 0.3 * (odds(p) + 1)).margin(1e-5));
  }
}

TEST_CASE("an answer suffices where its energy is at most the threshold", "[gate]") {
  EnergyGate gate(kTable, 0.1f, 0.0f);
  gate.begin(kSignals, false);
  CHECK(gate.accepts(0, 0.91f));
  CHECK_FALSE(gate.accepts(0, 0.89f));
  CHECK(gate.finding()->energy == Approx(0.11).epsilon(1e-4));
  CHECK(gate.finding()->threshold == Approx(0.1).epsilon(1e-4));
  gate.end();
  CHECK_FALSE(gate.finding());
  CHECK_FALSE(gate.accepts(0, 0.999f));  // no step is under way
}

TEST_CASE("exits suffice at three and twelve times the odds", "[gate]") {
  const auto limit = [](double times) { return times * 0.1 / (0.9 + times * 0.1); };
  EnergyGate gate(kTable, 0.1f, 0.0f);
  gate.begin(kSignals, false);
  CHECK(gate.accepts(1, 0.76f));
  CHECK(gate.finding()->threshold == Approx(limit(3)).epsilon(1e-4));
  CHECK_FALSE(gate.accepts(1, 0.74f));
  CHECK(gate.accepts(2, 0.47f));
  CHECK(gate.finding()->threshold == Approx(limit(12)).epsilon(1e-4));
  CHECK_FALSE(gate.accepts(2, 0.46f));
  CHECK_FALSE(gate.accepts(0, 0.76f));
}

TEST_CASE("an exit is worth asking unless the memory is far from sure", "[gate]") {
  const auto memory_at = [](double log_odds) {
    EnergyGate gate(kTable, 0.1f, 0.0f);
    gate.begin(kSignals, false);
    CHECK(gate.worth_asking(1));  // nothing is known of the memory's answer yet
    gate.accepts(0, static_cast<float>(1 / (1 + std::exp(log_odds))));
    return gate;
  };
  const double limit = odds(0.1), first = limit + std::log(3.0) + 1, last = limit + std::log(12.0) + 2;
  CHECK(memory_at(first - 0.01).worth_asking(1));
  CHECK_FALSE(memory_at(first + 0.01).worth_asking(1));
  // Beyond -1 three tenths of the log-odds count.
  CHECK(last > 1);
  const auto unhinged = [](double log_odds) { return 1 + (log_odds - 1) / 0.3; };
  CHECK(memory_at(unhinged(last - 0.01)).worth_asking(2));
  CHECK_FALSE(memory_at(unhinged(last + 0.01)).worth_asking(2));
}

TEST_CASE("0 accepts nothing, 1 everything, a gate without a table nothing", "[gate]") {
  EnergyGate none(kTable, 0.0f, 0.0f);
  EnergyGate all(kTable, 1.0f, 16.0f);
  EnergyGate off;
  for (EnergyGate* gate : {&none, &all, &off}) gate->begin(kSignals, true);
  CHECK_FALSE(none.accepts(0, 1.0f));
  CHECK(all.accepts(0, 0.0f));
  CHECK_FALSE(off.accepts(0, 1.0f));
  CHECK_FALSE(off.finding());
}

TEST_CASE("hysteresis asks for more after a step of all layers", "[gate]") {
  EnergyGate gate(kTable, 0.1f, 1.0f);
  gate.begin(kSignals, false);
  CHECK(gate.accepts(0, 0.92f));
  gate.begin(kSignals, true);
  CHECK_FALSE(gate.accepts(0, 0.92f));
  CHECK(gate.accepts(0, 0.97f));
  CHECK(gate.finding()->threshold == Approx(1 / (1 + 9 * std::exp(1.0))).epsilon(1e-4));
}

TEST_CASE("a session's witnesses show energies on the right side of the threshold", "[gate][session]") {
  const Model model = tiny_energy_model();
  Session session = make_session(model, with_energy(0.25f));
  std::size_t early = 0, deep = 0, asked = 0;
  for (const char c : lines()) {
    const Witness& w = *session.step(static_cast<unsigned char>(c))->witness;
    if (w.reason == GateReason::KillSwitch) continue;
    // 0.25 at three times the odds, where the exit was asked; the tiny model has one.
    const bool of_exit = w.threshold == Approx(0.75 / 1.5).epsilon(1e-4);
    if (!of_exit) CHECK(w.threshold == Approx(0.25).epsilon(1e-4));
    if (w.tier == Tier::skip) CHECK_FALSE(of_exit);
    if (w.tier == Tier::safe) CHECK(of_exit);
    asked += of_exit;
    const bool is_early = w.reason == GateReason::MemoryHit || w.reason == GateReason::LowRisk;
    CHECK((w.energy <= w.threshold) == is_early);
    (is_early ? early : deep) += 1;
  }
  CHECK(early > 100);
  CHECK(deep > 50);
  CHECK(asked > 30);
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
