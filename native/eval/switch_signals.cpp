#include "eval/switch_signals.hpp"

#include <algorithm>
#include <cmath>
#include <random>

namespace mgt::cli {
namespace {

constexpr std::size_t kHold = 48;
constexpr std::size_t kOwnPast = 200;  // bytes that say what is usual for a stream
constexpr std::size_t kLeastPast = 12;
constexpr std::size_t kCounted = 300;                        // bytes that bytes and pairs of bytes are counted over
constexpr float kFast = 0.5f, kUsual = 0.8f, kSlow = 0.95f;  // leaks

using Values = std::vector<float>;

/// What each arriving byte brought, by the answer before it.
template <class Value>
Values arrivals(std::span<const Signals> steps, float at_first, Value&& value) {
  Values values{at_first};
  for (const Signals& step : steps) values.push_back(value(step));
  values.pop_back();  // of a byte that never came
  return values;
}

template <class Answer>
Values surprise(std::span<const Signals> steps, Answer&& answer) {
  return arrivals(steps, kUnknownCost, [&](const Signals& s) { return answer(s).cost; });
}

/// Surprise beyond what was expected: a new package's name is uncertain and known to be, another kind of stream is not.
template <class Answer>
Values excess(std::span<const Signals> steps, Answer&& answer) {
  return arrivals(steps, 0, [&](const Signals& s) { return answer(s).cost - answer(s).entropy; });
}

template <class Answer>
Values entropy(std::span<const Signals> steps, Answer&& answer) {
  Values values;
  for (const Signals& step : steps) values.push_back(answer(step).entropy);
  return values;
}

Values logarithm(Values values) {
  for (float& v : values) v = std::log(v + 0.05f);
  return values;
}

Values held(const Values& values) {
  Values out;
  for (std::size_t t = 0; t < values.size(); ++t) {
    const std::size_t from = t + 1 > kHold ? t + 1 - kHold : 0;
    out.push_back(*std::max_element(values.begin() + static_cast<std::ptrdiff_t>(from),
                                    values.begin() + static_cast<std::ptrdiff_t>(t) + 1));
  }
  return out;
}

/// What each byte, and each byte after the one before it, costs by their counts in the last kCounted bytes alone:
/// neither predictor has a say in it.
struct CountedCosts {
  Values byte, pair;
};

CountedCosts counted_costs(std::span<const Signals> steps) {
  CountedCosts costs;
  std::vector<float> bytes(256), pairs(256 * 256), firsts(256);
  const auto count = [&](std::size_t at, float by) {
    bytes[steps[at].byte] += by;
    if (at == 0) return;
    pairs[std::size_t{256} * steps[at - 1].byte + steps[at].byte] += by;
    firsts[steps[at - 1].byte] += by;
  };
  for (std::size_t t = 0; t < steps.size(); ++t) {
    const float known = static_cast<float>(std::min(t, kCounted));
    const float p = (bytes[steps[t].byte] + 0.5f) / (known + 128);
    costs.byte.push_back(-std::log(p));
    if (t == 0) {
      costs.pair.push_back(0);
    } else {
      const std::size_t before = steps[t - 1].byte;
      costs.pair.push_back(-std::log((pairs[256 * before + steps[t].byte] + 0.5f * p) / (firsts[before] + 0.5f)));
    }
    count(t, 1);
    if (t >= kCounted) count(t - kCounted, -1);
  }
  return costs;
}

/// How far the mean of the last n values lies above that of up to kOwnPast before them: z, as sign(z) ln(1 + |z|); 0
/// where too few came before.
Values against_own_past(const Values& values, std::size_t n) {
  std::vector<double> sums{0}, squares{0};
  for (const float v : values) {
    sums.push_back(sums.back() + double{v});
    squares.push_back(squares.back() + double{v} * double{v});
  }
  Values out;
  for (std::size_t end = 1; end <= values.size(); ++end) {
    if (end < n + kLeastPast) {
      out.push_back(0);
      continue;
    }
    const std::size_t middle = end - n;
    const std::size_t first = middle > kOwnPast ? middle - kOwnPast : 0;
    const auto past = static_cast<double>(middle - first);
    const auto recent = static_cast<double>(n);
    const double usual = (sums[middle] - sums[first]) / past;
    const double variance = (squares[middle] - squares[first]) / past - usual * usual;
    const double z = ((sums[end] - sums[middle]) / recent - usual) / std::sqrt(std::max(0.0, variance) / recent + 0.02);
    out.push_back(static_cast<float>(std::copysign(std::log1p(std::abs(z)), z)));
  }
  return out;
}

Values difference(const Values& a, const Values& b) {
  Values out(a.size());
  std::transform(a.begin(), a.end(), b.begin(), out.begin(), std::minus<>());
  return out;
}

}  // namespace

SwitchSignals switch_signals(std::span<const Signals> steps, std::uint32_t seed) {
  const auto memory = [](const Signals& s) -> const Reading& { return s.memory; };
  const auto first = [](const Signals& s) -> const Reading& { return s.exits.front().model; };
  const auto full = [](const Signals& s) -> const Reading& { return s.full().model; };
  const auto mixture = [](const Signals& s) -> const Reading& { return s.full().mixture; };

  SwitchSignals signals;
  std::mt19937 random(seed);
  for (const Signals& step : steps) {
    signals[kSimilarity].push_back(-static_cast<float>(step.similarity) / 4096);
    signals[kBigram].push_back(-static_cast<float>(step.bigram) / 4096);
    signals[kAttention].push_back(-step.attention);
    signals[kMargin].push_back(-step.full().mixture.margin);
    signals[kMemory].push_back(-step.memory.top_probability);
    signals[kRandom].push_back(static_cast<float>(random()));
  }
  signals[kEntropy] = entropy(steps, mixture);
  const Values by_memory = surprise(steps, memory), by_full = surprise(steps, full);
  const Values by_mixture = surprise(steps, mixture), excess_of_mixture = excess(steps, mixture);
  signals[kLifFirst] = logarithm(leaky_sum(surprise(steps, first)));
  signals[kLifFull] = logarithm(leaky_sum(by_full));
  signals[kLifMixture] = logarithm(leaky_sum(by_mixture));
  signals[kHeldFull] = held(signals[kLifFull]);
  signals[kHeldMixture] = held(signals[kLifMixture]);
  signals[kExcessFull] = leaky_sum(excess(steps, full));
  signals[kExcessMixture] = leaky_sum(excess_of_mixture);
  signals[kHeldExcess] = held(signals[kExcessMixture]);

  const Values history = difference(by_memory, by_full);
  signals[kHistoryFast] = leaky_sum(history, kFast);
  signals[kHistory] = leaky_sum(history, kUsual);
  signals[kHistorySlow] = leaky_sum(history, kSlow);
  signals[kHeldHistory] = held(signals[kHistory]);

  const CountedCosts counted = counted_costs(steps);
  signals[kByteCost] = counted.byte;
  signals[kPairCost] = counted.pair;
  signals[kByteCosts] = leaky_sum(counted.byte, kUsual);
  signals[kByteCostsSlow] = leaky_sum(counted.byte, kSlow);
  signals[kPairCosts] = leaky_sum(counted.pair, kUsual);
  signals[kPairCostsSlow] = leaky_sum(counted.pair, kSlow);

  const std::array<Values, kPastValues> values{
      by_memory,           by_full,           by_mixture,  excess(steps, memory),
      excess(steps, full), excess_of_mixture, history,     entropy(steps, memory),
      signals[kEntropy],   counted.byte,      counted.pair};
  std::size_t next = kAgainstPast;
  for (const Values& v : values) {
    for (const std::size_t n : kRecent) signals[next++] = against_own_past(v, n);
  }
  return signals;
}

}  // namespace mgt::cli
