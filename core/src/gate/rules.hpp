// Safety rules: from the packets of one step to a decision about the state. They only reduce trust.
#pragma once

#include "mgt/gate.hpp"

namespace mgt::gate {

struct RuleOutcome {
  GateDecision decision = GateDecision::Allow;
  GateReason reason = GateReason::None;
  /// The deepest tier that may run. Bounded by the force flag and by reduced scopes, whatever else fired beside them.
  Tier deepest = Tier::full;
  /// Lambda dropped fast, whatever fired beside it: a token that stays enters an empty context.
  bool flushes = false;

  /// The token may leave no trace.
  bool freezes() const noexcept { return decision >= GateDecision::FreezeWrites; }
  bool unstable() const noexcept { return decision >= GateDecision::FlushKv; }
};

/// Applies every rule of the policy and keeps the most severe decision; of equals, the first in this order:
/// force flag, lambda minimum, lambda drop, spike storm, boundary edges, boundary concentration, partitions.
RuleOutcome apply_rules(const GatePolicy& policy, const GatePacket& gate, const SpikePacket& spike) noexcept;

/// A spike counts when it fired and its novelty reaches the policy's minimum.
bool spike_counts(const GatePolicy& policy, const SpikePacket& spike) noexcept;

}  // namespace mgt::gate
