#include "eval/exit_study.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <random>

#include "app/failure.hpp"
#include "eval/energy_fit.hpp"
#include "eval/ranking.hpp"
#include "gate/energy.hpp"

namespace mgt::cli {
namespace {

constexpr double kStepPrice = 0.04;  // memory, mixing and bookkeeping, of a dense step's layers
constexpr double kLookPrice = 0.02;  // head and mixture of one exit
constexpr std::size_t kCurvePoints = 24;

using Column = std::vector<double>;

bool differs(const Signals& step, std::size_t i) {
  return answer_of(step, i).top != step.full().mixture.top;
}

struct NamedSignal {
  std::string name;
  Column values;  ///< high = safe to stop
};

std::vector<NamedSignal> safety_signals(const StudyStream& stream, const Column& energy) {
  const std::vector<float> lif = potentials_of(stream.signals);
  std::mt19937 random(1);
  std::vector<NamedSignal> signals;
  const auto add = [&](const char* name, auto&& of) {
    Column values;
    for (std::size_t t = 0; t < stream.signals.size(); ++t) values.push_back(of(t, stream.signals[t]));
    signals.push_back({name, std::move(values)});
  };
  add("random", [&](std::size_t, const Signals&) { return static_cast<double>(random()); });
  add("fixed exit", [](std::size_t, const Signals&) { return 0.0; });  // stops always, whatever the step
  add("lambda, similarity", [](std::size_t, const Signals& s) { return static_cast<double>(s.similarity); });
  add("lambda, bigram", [](std::size_t, const Signals& s) { return static_cast<double>(s.bigram); });
  add("lambda, attention", [](std::size_t, const Signals& s) { return double{s.attention}; });
  add("LIF", [&](std::size_t t, const Signals&) { return -static_cast<double>(lif[t]); });
  add("previous entropy", [&](std::size_t t, const Signals&) {
    return t == 0 ? -kUnknownCost : -static_cast<double>(stream.signals[t - 1].full().mixture.entropy);
  });
  add("memory confidence", [](std::size_t, const Signals& s) { return double{s.memory.top_probability}; });
  add("exit entropy", [](std::size_t, const Signals& s) { return -double{s.exits[0].mixture.entropy}; });
  add("exit margin", [](std::size_t, const Signals& s) { return double{s.exits[0].mixture.margin}; });
  add("exit confidence", [](std::size_t, const Signals& s) { return double{s.exits[0].mixture.top_probability}; });
  add("transformer's own confidence",
      [](std::size_t, const Signals& s) { return double{s.exits[0].model.top_probability}; });
  add("energy", [&](std::size_t t, const Signals&) { return -energy[t]; });
  return signals;
}

double area(const Column& values, const std::vector<bool>& positive) {
  Column groups[2];
  for (std::size_t t = 0; t < values.size(); ++t) groups[positive[t]].push_back(values[t]);
  return roc_area(groups[1], groups[0]);
}

std::vector<ReliabilityBin> reliability_of(const Column& predicted, const std::vector<bool>& events) {
  std::vector<std::size_t> order(predicted.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return predicted[a] < predicted[b]; });
  std::vector<ReliabilityBin> bins(kReliabilityBins);
  for (std::size_t i = 0; i < order.size(); ++i) {
    ReliabilityBin& bin = bins[i * kReliabilityBins / order.size()];
    bin.predicted += predicted[order[i]];
    bin.observed += events[order[i]] ? 1 : 0;
    ++bin.count;
  }
  for (ReliabilityBin& bin : bins) {
    if (bin.count == 0) continue;
    bin.predicted /= static_cast<double>(bin.count);
    bin.observed /= static_cast<double>(bin.count);
  }
  return bins;
}

double calibration_error(std::span<const ReliabilityBin> bins) {
  double error = 0, count = 0;
  for (const ReliabilityBin& bin : bins) {
    error += std::abs(bin.predicted - bin.observed) * static_cast<double>(bin.count);
    count += static_cast<double>(bin.count);
  }
  return error / count;
}

double price(std::size_t i, std::span<const std::uint32_t> exit_layers) {
  if (i == 0) return kStepPrice;
  return kStepPrice + kLookPrice * static_cast<double>(i) +
         static_cast<double>(exit_layers[i - 1]) / static_cast<double>(exit_layers.back());
}

/// Compute and quality where answer `choice(t)` is given at step t.
template <class Choice>
CurvePoint point_of(const StudyStream& stream, std::span<const std::uint32_t> exit_layers, Choice&& choice) {
  CurvePoint point;
  const std::size_t steps = stream.signals.size() - 1;  // nothing is known about what follows the last
  for (std::size_t t = 0; t < steps; ++t) {
    const std::size_t i = choice(t);
    const Reading& given = answer_of(stream.signals[t], i);
    point.compute += price(i, exit_layers);
    point.nats += double{given.cost};
    point.accuracy += given.top == stream.signals[t + 1].byte ? 1 : 0;
  }
  const double dense = price(exit_layers.size(), exit_layers) * static_cast<double>(steps);
  point.compute /= dense;
  point.nats /= static_cast<double>(steps);
  point.accuracy /= static_cast<double>(steps);
  return point;
}

/// Answers with the first whose risk is below one threshold, swept over the risks' own quantiles.
Curve sweep(const char* gate, const StudyStream& stream, std::span<const std::uint32_t> exit_layers,
            const std::vector<Column>& risk) {
  Column all;
  for (const Column& column : risk) all.insert(all.end(), column.begin(), column.end());
  std::sort(all.begin(), all.end());
  Curve curve{gate, {}};
  for (std::size_t k = 0; k <= kCurvePoints; ++k) {
    const double accepted = all[std::min(all.size() - 1, k * all.size() / kCurvePoints)];
    curve.points.push_back(point_of(stream, exit_layers, [&](std::size_t t) {
      std::size_t i = 0;
      while (i < risk.size() && risk[i][t] > accepted) ++i;
      return i;
    }));
  }
  return curve;
}

/// Energies as the gate holds them to its threshold: those of exits weigh less.
std::vector<Column> as_gated(std::vector<Column> energy) {
  for (std::size_t answer = 0; answer < energy.size(); ++answer) {
    for (double& log_odds : energy[answer]) log_odds -= std::log(double{gate::kOdds[answer]});
  }
  return energy;
}

std::vector<Curve> curves_of(const StudyStream& stream, const std::vector<Column>& energy,
                             std::span<const std::uint32_t> exit_layers) {
  const std::size_t cheap = cheap_answers(stream.signals);
  std::vector<Column> entropy(cheap), margin(cheap), confidence(cheap), random(cheap);
  std::mt19937 generator(2);
  for (const Signals& step : stream.signals) {
    for (std::size_t i = 0; i < cheap; ++i) {
      entropy[i].push_back(double{answer_of(step, i).entropy});
      margin[i].push_back(-double{answer_of(step, i).margin});
      confidence[i].push_back(-double{answer_of(step, i).top_probability});
      random[i].push_back(static_cast<double>(generator()));
    }
  }
  std::vector<Curve> curves;
  Curve fixed{"fixed exit", {}};
  for (std::size_t i = 0; i <= cheap; ++i)
    fixed.points.push_back(point_of(stream, exit_layers, [&](std::size_t) { return i; }));
  curves.push_back(std::move(fixed));
  curves.push_back(sweep("random", stream, exit_layers, random));
  curves.push_back(sweep("entropy", stream, exit_layers, entropy));
  curves.push_back(sweep("margin", stream, exit_layers, margin));
  curves.push_back(sweep("confidence", stream, exit_layers, confidence));
  curves.push_back(sweep("energy", stream, exit_layers, energy));
  curves.push_back(sweep("energy, as gated", stream, exit_layers, as_gated(energy)));
  return curves;
}

}  // namespace

void expect_exits(const Model& model) {
  if (model.config().n_layers >= 2) return;
  fail_input(std::string(model.name()) + ": has 1 layer, comparing exits needs at least 2");
}

ExitStudy study_exits(const StudyStream& stream, const detail::EnergyTable& table,
                      std::span<const std::uint32_t> exit_layers) {
  std::vector<Column> energies;
  energies.reserve(cheap_answers(stream.signals));
  for (std::size_t i = 0; i < cheap_answers(stream.signals); ++i) {
    energies.push_back(energies_of(table, stream.signals, i));
  }
  std::vector<bool> mixture, transformer, event;
  for (const Signals& step : stream.signals) {
    mixture.push_back(!differs(step, 1));
    event.push_back(costs_a_bit(step, 1));
    transformer.push_back(step.exits[0].model.top == step.full().model.top);
  }
  ExitStudy study;
  study.stream = stream.name;
  const auto share = [](const std::vector<bool>& flags) {
    return static_cast<double>(std::count(flags.begin(), flags.end(), true)) / static_cast<double>(flags.size());
  };
  study.agreement = share(mixture);
  study.transformer_agreement = share(transformer);
  for (const NamedSignal& signal : safety_signals(stream, energies[1])) {
    study.areas.push_back({signal.name, area(signal.values, mixture), area(signal.values, transformer)});
  }
  Column predicted;
  predicted.reserve(energies[1].size());
  for (const double log_odds : energies[1]) predicted.push_back(1 / (1 + std::exp(-log_odds)));
  study.reliability = reliability_of(predicted, event);
  study.calibration_error = calibration_error(study.reliability);
  study.curves = curves_of(stream, energies, exit_layers);
  return study;
}

}  // namespace mgt::cli
