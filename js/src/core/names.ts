// The core's enums by number. Order and spelling are mgt/gate.hpp's; a test compares them with its trace lines.

export const policies = ["dense", "exact", "conservative", "default", "permissive", "custom"] as const;

export const kvModes = ["exact", "propagate"] as const;

export const decisions = ["Allow", "ReduceScope", "FlushKv", "FreezeWrites", "QuarantineUpdates"] as const;
/** What the gate does about the state. */
export type GateDecision = (typeof decisions)[number];

export const reasons = [
  "None",
  "LambdaBelowMin",
  "LambdaDroppedFast",
  "BoundarySpike",
  "BoundaryConcentrationSpike",
  "PartitionDrift",
  "SpikeStorm",
  "ForcedByFlag",
  "LowRisk",
  "ExactReplay",
  "MemoryHit",
  "Deadline",
  "KillSwitch",
] as const;
/** Why a step ran as it did. */
export type GateReason = (typeof reasons)[number];
