// What `mgt calibrate` says in the end, for machines and for people.
import type { KvMode } from "../types.js";
import type { Choice, Resampling, RiskTarget } from "./calibrate-choose.js";
import { type BlockPlan, type LossTable, lossOver } from "./calibrate-losses.js";
import { type JsonValue, ratio } from "./json.js";
import { bold, dim, fixed, percent, signedPercent, table } from "./terminal.js";

/** What was asked for and what was found. */
export interface Calibration {
  model: string;
  policy: string;
  kv: KvMode;
  target: RiskTarget;
  plan: BlockPlan;
  losses: LossTable;
  blocks: Uint32Array;
  choice: Choice;
  resampling: Resampling | undefined;
  output: string | undefined;
}

export function energyMaxOf({ losses, choice }: Calibration): number {
  return losses.candidates[choice.candidate] as number;
}

function macSpeedup({ dense, gated }: LossTable, candidate: number): number {
  return ratio(dense.macs, gated[candidate]?.macs ?? NaN);
}

/** Keys and numbers as native/README.md lists them. */
export function calibrationJson(calibration: Calibration): JsonValue {
  const { model, policy, kv, target, plan, losses, blocks, choice, resampling, output } = calibration;
  return {
    model,
    policy,
    kv,
    risk: target.risk,
    confidence: target.confidence,
    bytes: blocks.length * plan.blockBytes,
    warm_up: plan.warmUp,
    blocks: blocks.length,
    energy_max: energyMaxOf(calibration),
    energy_weights: null,
    loss: lossOver(losses, choice.candidate, blocks),
    bound: choice.bound,
    mac_speedup: macSpeedup(losses, choice.candidate),
    ...(resampling && { resamples: resamplingJson(resampling) }),
    candidates: losses.candidates.map((energyMax, candidate) => ({
      energy_max: energyMax,
      loss: lossOver(losses, candidate, blocks),
      mac_speedup: macSpeedup(losses, candidate),
    })),
    output: output ?? null,
  };
}

function resamplingJson({ rounds, kept, refused, worstLoss }: Resampling): { [key: string]: JsonValue } {
  return { rounds, kept, refused, worst_loss: worstLoss };
}

/** A table of the choice and its bound. */
export function calibrationText(calibration: Calibration): string {
  const { policy, target, losses, blocks, choice, resampling, output } = calibration;
  const rows = [
    ["accepted energy", fixed(energyMaxOf(calibration), 4)],
    ["loss on the data", signedPercent(lossOver(losses, choice.candidate, blocks))],
    [`bound at ${percent(target.confidence, 0)}`, signedPercent(choice.bound)],
    ["fewer multiply-adds", `${fixed(macSpeedup(losses, choice.candidate), 2)}x`],
  ];
  if (resampling) {
    const { kept, rounds, worstLoss } = resampling;
    rows.push(["promise kept", `${kept} of ${rounds} halves, worst ${signedPercent(worstLoss)}`]);
  }
  const head = `${bold(policy)}${dim("  risk ")}${percent(target.risk, 2)}\n`;
  return `${head}${table(rows)}${output === undefined ? "" : `written to ${output}\n`}`;
}
