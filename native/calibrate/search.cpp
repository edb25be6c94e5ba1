#include "calibrate/search.hpp"

#include <span>

#include "app/progress.hpp"

namespace mgt::cli {
namespace {

constexpr double kHopeless = 1.6;  // times the risk

/// Whether a pair that is safer in both thresholds loses so much that this one need not be tried.
bool hopeless(const LossTable& table, const Thresholds& thresholds, std::span<const std::size_t> blocks, double risk) {
  for (std::size_t c = 0; c < table.candidates.size(); ++c) {
    if (riskier(thresholds, table.candidates[c]) && loss_over(table, c, blocks) > kHopeless * risk) return true;
  }
  return false;
}

/// The blocks that order the pairs, see choose_thresholds().
std::vector<std::size_t> every_other(std::size_t blocks) {
  std::vector<std::size_t> chosen;
  for (std::size_t b = 0; b < blocks; b += 2) chosen.push_back(b);
  return chosen;
}

}  // namespace

LossTable measure_table(const Model& model, const std::vector<std::vector<std::uint8_t>>& streams,
                        std::size_t block_bytes, KvMode kv, double risk) {
  LossTable table;
  const std::vector<Thresholds> all = candidate_thresholds();
  std::uint64_t stretch = 0;
  for (const auto& stream : streams) stretch += stream.size() / block_bytes * block_bytes;
  Progress progress(stretch * (all.size() + 1));
  std::uint64_t before = 0;
  const auto run = [&](const SessionOptions& options) {
    return measure_losses(model, options, streams, block_bytes, [&](std::uint64_t n) { progress.update(before + n); });
  };
  SessionOptions options;
  options.policy = PolicyKind::dense;
  table.dense = run(options);
  const std::vector<std::size_t> order_blocks = every_other(table.dense.nats.size());
  options.policy = PolicyKind::custom;
  options.custom.kv = kv;
  for (const Thresholds& thresholds : all) {
    before += stretch;
    if (hopeless(table, thresholds, order_blocks, risk)) continue;
    options.custom.memory_confidence = thresholds.memory_confidence;
    options.custom.exit_confidence = thresholds.exit_confidence;
    table.gated.push_back(run(options));
    table.candidates.push_back(thresholds);
  }
  return table;
}

}  // namespace mgt::cli
