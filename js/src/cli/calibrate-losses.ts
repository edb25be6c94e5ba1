// What every threshold costs on a user's own streams, block by block.
import type { Model } from "../model.js";
import type { GatePolicy, SessionOptions } from "../types.js";
import { openSession } from "./session-flags.js";
import { Progress } from "./terminal.js";

/** The values of GatePolicy.energyMax that calibration looks at, the safest first: those of the native program. */
const candidateEnergies = [
  0.0002, 0.0004, 0.0007, 0.001, 0.0012, 0.0014, 0.0017, 0.002, 0.0024, 0.0028, 0.0033, 0.0039, 0.0046, 0.0054, 0.0063,
  0.0074, 0.0086, 0.01, 0.011, 0.012, 0.0135, 0.015, 0.0165, 0.018, 0.02, 0.022, 0.024, 0.0265, 0.029, 0.032, 0.035,
  0.0385, 0.042, 0.046, 0.05, 0.055, 0.06, 0.066, 0.072, 0.08, 0.088, 0.096, 0.105, 0.115, 0.125, 0.14, 0.155, 0.17,
  0.19, 0.21, 0.23, 0.25, 0.28, 0.32, 0.36, 0.4, 0.5,
];

/** Times the risk: half of the blocks may lose this much less. */
const hopeless = 1.6;

/** One session's nats per block of bytes, over all streams one after another, and its multiply-adds. */
export interface BlockLosses {
  nats: number[];
  macs: number;
}

/** Everything measured: the dense session's blocks and every candidate's. */
export interface LossTable {
  candidates: number[];
  dense: BlockLosses;
  gated: BlockLosses[];
}

/**
 * How a stream is cut: its first warmUp bytes fill the memory and count for nothing, then come blocks; last bytes that
 * fill no block are left out.
 */
export interface BlockPlan {
  warmUp: number;
  blockBytes: number;
}

/** Splits streams into blocks: about 128 of them, of 256 to 4096 bytes. */
export function blockBytesFor(totalBytes: number): number {
  return Math.min(4096, Math.max(256, Math.floor(totalBytes / 128)));
}

export function blocksOf({ warmUp, blockBytes }: BlockPlan, streamBytes: number): number {
  return streamBytes > warmUp ? Math.floor((streamBytes - warmUp) / blockBytes) : 0;
}

function stepped(plan: BlockPlan, streamBytes: number): number {
  return Math.min(plan.warmUp, streamBytes) + blocksOf(plan, streamBytes) * plan.blockBytes;
}

/** Steps a fresh session through every stream. tick: bytes done so far, now and then. */
function measureLosses(
  model: Model,
  options: SessionOptions,
  streams: readonly Uint8Array[],
  plan: BlockPlan,
  tick: (done: number) => void,
): BlockLosses {
  const session = openSession(model, options);
  const losses: BlockLosses = { nats: [], macs: 0 };
  let done = 0;
  try {
    for (const stream of streams) {
      session.reset();
      const stepThrough = (from: number, to: number) => {
        for (let i = from; i < to; i++) session.step(stream[i] as number);
        done += to - from;
        tick(done);
      };
      let at = Math.min(plan.warmUp, stream.length);
      stepThrough(0, at);
      const macsBefore = session.stats.macs;
      for (; stream.length - at >= plan.blockBytes; at += plan.blockBytes) {
        const before = session.stats.nats;
        stepThrough(at, at + plan.blockBytes);
        losses.nats.push(session.stats.nats - before);
      }
      losses.macs += session.stats.macs - macsBefore;
    }
  } finally {
    session.dispose();
  }
  return losses;
}

/** Relative loss of a candidate over these blocks: sum of its nats / sum of the dense ones - 1. */
export function lossOver({ dense, gated }: LossTable, candidate: number, blocks: ArrayLike<number>): number {
  const candidateNats = (gated[candidate] as BlockLosses).nats;
  let [sum, denseSum] = [0, 0];
  for (let i = 0; i < blocks.length; i++) {
    const block = blocks[i] as number;
    sum += candidateNats[block] as number;
    denseSum += dense.nats[block] as number;
  }
  return sum / denseSum - 1;
}

/**
 * Blocks of every stream, under the dense model and under `base` with each threshold, the safest first, until one loses
 * far more than `risk`. Shows its progress on stderr. Cost: up to 58 times the streams.
 */
export function measureTable(
  model: Model,
  streams: readonly Uint8Array[],
  plan: BlockPlan,
  base: Partial<GatePolicy>,
  risk: number,
): LossTable {
  const stretch = streams.reduce((sum, { length }) => sum + stepped(plan, length), 0);
  const progress = new Progress(stretch * (candidateEnergies.length + 1));
  let before = 0;
  const run = (options: SessionOptions) =>
    measureLosses(model, options, streams, plan, (done) => progress.update(before + done));
  const table: LossTable = { candidates: [], dense: run({ policy: "dense" }), gated: [] };
  const blocks = table.dense.nats.map((_, block) => block);
  for (const energyMax of candidateEnergies) {
    before += stretch;
    table.gated.push(run({ policy: "custom", custom: { ...base, energyMax } }));
    table.candidates.push(energyMax);
    if (lossOver(table, table.candidates.length - 1, blocks) > hopeless * risk) break;
  }
  progress.clear();
  return table;
}
