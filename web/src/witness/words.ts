// Decisions and reasons of the gate in plain words.
import type { GateDecision, GateReason } from "mincut-gated-transformer";

export const decisionWords: Record<GateDecision, string> = {
  Allow: "nothing is held back",
  ReduceScope: "the cheaper tier, because the stream is unstable here",
  FlushKv: "the context was cleared: what came before is of another kind",
  FreezeWrites: "a storm of surprises: nobody should act on the answer",
  QuarantineUpdates: "the present is of another kind than the past: nobody should act on the answer",
};

export const reasonWords: Record<GateReason, string> = {
  None: "no shortcut was safe enough, so the layers ran",
  LambdaBelowMin: "coherence is below the allowed minimum",
  LambdaDroppedFast: "coherence fell too fast",
  BoundarySpike: "too many links cross the boundary between past and present",
  BoundaryConcentrationSpike: "the links across the boundary pile up on few positions",
  PartitionDrift: "the recent past falls into too many parts",
  SpikeStorm: "surprises come too often",
  ForcedByFlag: "the caller asked for this tier",
  LowRisk: "an early exit was sure enough of its answer",
  ExactReplay: "the same bytes were computed before, so the result was reused bit for bit",
  MemoryHit: "the stream's own memory was sure enough to answer alone",
  Deadline: "no time for more within the deadline",
  KillSwitch: "gating does not pay on this stretch and has turned itself off",
};
