#include "calibrate/search.hpp"

#include <numeric>
#include <span>

#include "app/progress.hpp"

namespace mgt::cli {
namespace {

constexpr double kHopeless = 1.6;  // times the risk: half of the blocks may lose this much less

}  // namespace

LossTable measure_table(const Model& model, const std::vector<std::vector<std::uint8_t>>& streams,
                        const BlockPlan& plan, const GatePolicy& base, double risk) {
  LossTable table;
  const std::span<const float> all = candidate_energies();
  std::uint64_t stretch = 0;
  for (const auto& stream : streams) stretch += plan.stepped(stream.size());
  Progress progress(stretch * (all.size() + 1));
  std::uint64_t before = 0;
  const auto run = [&](const SessionOptions& options) {
    return measure_losses(model, options, streams, plan, [&](std::uint64_t n) { progress.update(before + n); });
  };
  SessionOptions options;
  options.policy = PolicyKind::dense;
  table.dense = run(options);
  std::vector<std::size_t> blocks(table.dense.nats.size());
  std::iota(blocks.begin(), blocks.end(), 0);
  options.policy = PolicyKind::custom;
  options.custom = base;
  for (const float energy : all) {
    before += stretch;
    options.custom.energy_max = energy;
    table.gated.push_back(run(options));
    table.candidates.push_back(energy);
    if (loss_over(table, table.candidates.size() - 1, blocks) > kHopeless * risk) break;
  }
  return table;
}

}  // namespace mgt::cli
