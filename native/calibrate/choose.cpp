#include "calibrate/choose.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace mgt::cli {
namespace {

constexpr std::size_t kBootstraps = 2000;
constexpr std::uint64_t kSeed = 20250101;

/// std::uniform_int_distribution may differ between libraries; this does not.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }

 private:
  std::mt19937_64 engine_;
};

struct Spread {
  double mean = 0;
  double deviation = 0;  ///< of a sample, n - 1
};

Spread spread_of_draws(const std::vector<double>& values, std::size_t draws, Dice& dice) {
  double sum = 0, squares = 0;
  for (std::size_t i = 0; i < draws; ++i) {
    const double x = values[dice.below(values.size())];
    sum += x;
    squares += x * x;
  }
  const auto n = static_cast<double>(draws);
  const double mean = sum / n;
  return {mean, std::sqrt(std::max(0.0, (squares - n * mean * mean) / std::max(1.0, n - 1)))};
}

double deviation_of(const std::vector<double>& centred) {
  double squares = 0;
  for (const double x : centred) squares += x * x;
  return std::sqrt(squares / std::max(1.0, static_cast<double>(centred.size()) - 1));
}

/// Upper bound, `confidence`, of the mean of `horizon` further draws, less the mean of these: a studentised bootstrap,
/// which knows that few blocks make the deviation look small and that losses have a long upper tail.
double further_mean_bound(const std::vector<double>& centred, std::size_t horizon, double confidence) {
  const auto n = static_cast<double>(centred.size());
  const double scale = std::sqrt(1 / n + 1 / static_cast<double>(horizon));
  Dice dice(kSeed);
  std::vector<double> steps(kBootstraps);
  for (double& step : steps) {
    const Spread known = spread_of_draws(centred, centred.size(), dice);
    const Spread further = spread_of_draws(centred, horizon, dice);
    step = (further.mean - known.mean) / (std::max(known.deviation, 1e-12) * scale);
  }
  const auto at = steps.begin() + static_cast<std::ptrdiff_t>(confidence * static_cast<double>(kBootstraps - 1));
  std::nth_element(steps.begin(), at, steps.end());
  return *at * deviation_of(centred) * scale;
}

}  // namespace

double loss_over(const LossTable& table, std::size_t candidate, std::span<const std::size_t> blocks) {
  double gated = 0, dense = 0;
  for (const std::size_t b : blocks) {
    gated += table.gated[candidate].nats[b];
    dense += table.dense.nats[b];
  }
  return gated / dense - 1;
}

double loss_bound(const LossTable& table, std::size_t candidate, std::span<const std::size_t> blocks,
                  std::size_t horizon, double confidence) {
  const double loss = loss_over(table, candidate, blocks);
  double dense = 0;
  std::vector<double> excess;  // of each block over what the mean loss explains; sums to 0
  for (const std::size_t b : blocks) {
    excess.push_back(table.gated[candidate].nats[b] - (1 + loss) * table.dense.nats[b]);
    dense += table.dense.nats[b] / static_cast<double>(blocks.size());
  }
  return loss + further_mean_bound(excess, horizon, confidence) / dense;
}

std::optional<Choice> choose_threshold(const LossTable& table, std::span<const std::size_t> blocks, std::size_t horizon,
                                       const RiskTarget& target) {
  std::optional<Choice> choice;
  for (std::size_t c = 0; c < table.candidates.size(); ++c) {
    const double bound = loss_bound(table, c, blocks, horizon, target.confidence);
    if (bound > target.risk) break;
    choice = Choice{c, bound};
  }
  return choice;
}

Resampling resample(const LossTable& table, const RiskTarget& target, std::size_t rounds) {
  Resampling result;
  result.rounds = rounds;
  Dice dice(kSeed + 1);
  std::vector<std::size_t> blocks(table.dense.nats.size());
  std::iota(blocks.begin(), blocks.end(), 0);
  const std::size_t half = blocks.size() / 2;
  for (std::size_t round = 0; round < rounds; ++round) {
    for (std::size_t i = blocks.size(); i > 1; --i) std::swap(blocks[i - 1], blocks[dice.below(i)]);
    const auto known = std::span(blocks).first(half);
    const auto held = std::span(blocks).subspan(half);
    const std::optional<Choice> choice = choose_threshold(table, known, held.size(), target);
    const double loss = choice ? loss_over(table, choice->candidate, held) : 0;
    result.refused += choice ? 0 : 1;
    result.kept += loss <= target.risk ? 1 : 0;
    result.worst_loss = std::max(result.worst_loss, loss);
  }
  return result;
}

}  // namespace mgt::cli
