#include "gate/rules.hpp"

#include <algorithm>

namespace mgt::gate {
namespace {

constexpr std::uint16_t kOneQ15 = 0x7fff;  ///< as a threshold: never

/// Packets of callers may hold more than a fraction can be.
std::uint16_t fraction(std::uint16_t q15) noexcept {
  return std::min(q15, kOneQ15);
}

/// (lambda_prev - lambda) / lambda_prev in Q15, at most 1; 0 where lambda did not drop.
std::uint64_t drop_ratio_q15(const GatePacket& gate) noexcept {
  if (gate.lambda >= gate.lambda_prev) return 0;
  return std::min<std::uint64_t>(kOneQ15, (std::uint64_t{gate.lambda_prev - gate.lambda} << 15) / gate.lambda_prev);
}

}  // namespace

RuleOutcome apply_rules(const GatePolicy& policy, const GatePacket& gate, const SpikePacket& spike) noexcept {
  RuleOutcome outcome;
  const auto rule = [&](bool fires, GateDecision decision, GateReason reason) {
    if (!fires) return;
    if (decision == GateDecision::ReduceScope) {
      outcome.deepest = std::max(outcome.deepest, reason == GateReason::ForcedByFlag ? Tier::safe : Tier::reduced);
    }
    outcome.flushes |= decision == GateDecision::FlushKv;
    if (decision > outcome.decision) {
      outcome.decision = decision;
      outcome.reason = reason;
    }
  };
  rule((gate.flags & GatePacket::kForceSafe) != 0, GateDecision::ReduceScope, GateReason::ForcedByFlag);
  rule(gate.lambda < policy.lambda_min, GateDecision::QuarantineUpdates, GateReason::LambdaBelowMin);
  rule(drop_ratio_q15(gate) > policy.drop_ratio_q15_max, GateDecision::FlushKv, GateReason::LambdaDroppedFast);
  rule(fraction(spike.rate_q15) > policy.spike_rate_q15_max, GateDecision::FreezeWrites, GateReason::SpikeStorm);
  rule(gate.boundary_edges > policy.boundary_edges_max, GateDecision::ReduceScope, GateReason::BoundarySpike);
  rule(fraction(gate.boundary_concentration_q15) > policy.boundary_concentration_q15_max, GateDecision::ReduceScope,
       GateReason::BoundaryConcentrationSpike);
  rule(gate.partition_count > policy.partitions_max, GateDecision::ReduceScope, GateReason::PartitionDrift);
  return outcome;
}

bool spike_counts(const GatePolicy& policy, const SpikePacket& spike) noexcept {
  return spike.fired != 0 && spike.novelty_q15 >= policy.spike_novelty_q15_min;
}

}  // namespace mgt::gate
