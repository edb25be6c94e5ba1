// What `mgt eval` and `mgt calibrate` take for the energy is what the engine gates by.
#include "eval/energy_fit.hpp"

#include <algorithm>
#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <string_view>
#include <vector>

#include "gate/energy.hpp"
#include "mgt/session.hpp"
#include "support/sessions.hpp"
#include "support/tiny_energy.hpp"

namespace mgt::test {
namespace {

using Catch::Approx;

Session at_tier(const Model& model, Tier tier) {
  SessionOptions options;
  options.policy = PolicyKind::dense;
  options.tier = tier;
  return make_session(model, options);
}

cli::Reading reading_of(Session& session, char byte, char next) {
  const StepView view = *session.step(static_cast<unsigned char>(byte));
  const auto top = std::ranges::max_element(view.probabilities);
  cli::Reading reading;
  reading.top = static_cast<std::uint8_t>(top - view.probabilities.begin());
  reading.top_probability = *top;
  reading.cost = -std::log(view.probabilities[static_cast<unsigned char>(next)]);
  return reading;
}

}  // namespace

TEST_CASE("energies read along a stream are those of the session's witnesses", "[eval][gate]") {
  const Model model = tiny_energy_model();
  SessionOptions options;
  options.policy = PolicyKind::custom;
  options.custom.energy_max = 1e-6f;  // nothing has a chance: the witness shows the memory's energy
  options.custom.energy_hysteresis = 0;
  Session gated = make_session(model, options);
  Session memory = at_tier(model, Tier::skip), full = at_tier(model, Tier::full);

  constexpr std::string_view kText =
      "status installed lib-a:amd64, lib-a 1.2\nstatus installed lib-b:amd64, lib-b 1.2\n";
  std::vector<cli::Signals> rows;
  std::vector<double> shown;
  for (std::size_t i = 0; i + 1 < kText.size(); ++i) {
    cli::Signals row;
    row.byte = static_cast<std::uint8_t>(kText[i]);
    row.memory = reading_of(memory, kText[i], kText[i + 1]);
    row.exits.push_back({{}, reading_of(full, kText[i], kText[i + 1])});
    rows.push_back(row);
    shown.push_back(double{gated.step(row.byte)->witness->energy});
  }
  const std::vector<double> energies = cli::energies_of(*model.data().energy, rows, 0);
  for (std::size_t t = 0; t < rows.size(); ++t) {
    CHECK(double{gate::probability_of(static_cast<float>(energies[t]))} == Approx(shown[t]).epsilon(1e-3));
  }
}

}  // namespace mgt::test
