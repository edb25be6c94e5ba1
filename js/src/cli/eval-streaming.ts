// One stream of a workload through a gated and a dense session: cost, quality, latency, what its lines looked like.
import type { Session } from "../session.js";
import type { SessionStats, Tier } from "../types.js";
import type { WorkloadStream } from "./eval-workload.js";
import { blockBytes } from "./run-stream.js";
import { quantile } from "./quantile.js";

const tierCount = 4;
const newline = 10;
const counted = ["tokens", "layersRun", "macs", "correct", "nats", "kvBytesRead", "kvBytesWritten"] as const;

/** What one session did with a stream. */
export class LaneFigures {
  stats!: SessionStats;
  seconds = 0;
  /** Microseconds of every step, by its tier. */
  readonly latencyUs: number[][] = Array.from({ length: tierCount }, () => []);
  readonly surprise: Float32Array;
  readonly lambda: Uint16Array;
  readonly tops: Uint8Array;
  #done = 0;

  constructor(size: number) {
    this.surprise = new Float32Array(size);
    this.lambda = new Uint16Array(size);
    this.tops = new Uint8Array(size);
  }

  run(session: Session, block: Uint8Array): void {
    const start = performance.now();
    let before = start;
    for (const byte of block) {
      const { witness } = session.step(byte);
      const after = performance.now();
      (this.latencyUs[witness.tier] as number[]).push(1000 * (after - before));
      this.surprise[this.#done] = witness.surprise;
      this.lambda[this.#done] = witness.lambda;
      this.tops[this.#done++] = witness.topToken;
      before = performance.now();
    }
    this.seconds += (performance.now() - start) / 1000;
  }
}

/**
 * Area under the ROC curve for "this line is anomalous", by a line's mean surprise, its largest, and its lowest lambda (low
 * being anomalous).
 */
export interface LineScores {
  mean: number;
  max: number;
  lambda: number;
}

export interface StreamFigures {
  name: string;
  gated: LaneFigures;
  dense: LaneFigures;
  agreed: number;
  anomaly?: { lines: number; anomalous: number; gated: LineScores; dense: LineScores };
}

/** The totals of the steps between two moments. */
function since(before: SessionStats, after: SessionStats): SessionStats {
  const stats = { ...after, tiers: { ...after.tiers } };
  for (const field of counted) stats[field] -= before[field];
  for (const tier of allTiers) stats.tiers[tier] -= before.tiers[tier];
  return stats;
}

/**
 * Runs both sessions over the stream, in turns of blockBytes: from a fresh start, or (warm) after what came before it,
 * which counts for nothing.
 */
export function measureStream(
  { name, before, bytes, anomalies }: WorkloadStream,
  warm: boolean,
  gated: Session,
  dense: Session,
  tick: (done: number) => void,
): StreamFigures {
  gated.reset();
  dense.reset();
  if (warm) {
    for (const byte of before) {
      gated.step(byte);
      dense.step(byte);
    }
  }
  const [gatedBefore, denseBefore] = [gated.stats, dense.stats];
  const figures: StreamFigures = {
    name,
    gated: new LaneFigures(bytes.length),
    dense: new LaneFigures(bytes.length),
    agreed: 0,
  };
  let denseFirst = false;
  for (let at = 0; at < bytes.length; at += blockBytes) {
    const block = bytes.subarray(at, at + blockBytes);
    if (denseFirst) figures.dense.run(dense, block);
    figures.gated.run(gated, block);
    if (!denseFirst) figures.dense.run(dense, block);
    denseFirst = !denseFirst;
    tick(at + block.length);
  }
  figures.gated.stats = since(gatedBefore, gated.stats);
  figures.dense.stats = since(denseBefore, dense.stats);
  figures.agreed = figures.gated.tops.reduce((sum, top, i) => sum + (top === figures.dense.tops[i] ? 1 : 0), 0);
  if (anomalies) {
    const lines = labelsOf(bytes, anomalies);
    figures.anomaly = {
      lines: lines.length,
      anomalous: lines.filter(Boolean).length,
      gated: scoreLines(bytes, lines, figures.gated),
      dense: scoreLines(bytes, lines, figures.dense),
    };
  }
  return figures;
}

/** Whether each line is anomalous; bytes behind the last newline are no line. */
function labelsOf(bytes: Uint8Array, anomalies: readonly (readonly [number, number])[]): boolean[] {
  const labels = new Array<boolean>(bytes.filter((byte) => byte === newline).length).fill(false);
  for (const [from, to] of anomalies) labels.fill(true, from, to);
  return labels;
}

function scoreLines(bytes: Uint8Array, labels: readonly boolean[], lane: LaneFigures): LineScores {
  const rows: LineScores[] = [];
  let begin = 0;
  for (let i = 0; i < bytes.length && rows.length < labels.length; i++) {
    if (bytes[i] !== newline) continue;
    const surprise = lane.surprise.subarray(begin, i + 1);
    const mean = surprise.reduce((sum, nats) => sum + nats, 0) / surprise.length;
    const max = surprise.reduce((most, nats) => Math.max(most, nats));
    const lambda = -lane.lambda.subarray(begin, i + 1).reduce((least, one) => Math.min(least, one));
    rows.push({ mean, max, lambda });
    begin = i + 1;
  }
  const area = (score: keyof LineScores) =>
    rocArea(
      rows.filter((_, line) => labels[line]).map((row) => row[score]),
      rows.filter((_, line) => !labels[line]).map((row) => row[score]),
    );
  return { mean: area("mean"), max: area("max"), lambda: area("lambda") };
}

/** The probability that a score of `high` is above one of `low`, ties half; NaN where either is empty. */
export function rocArea(high: readonly number[], low: readonly number[]): number {
  if (high.length === 0 || low.length === 0) return NaN;
  let won = 0;
  for (const a of high) for (const b of low) won += a > b ? 1 : a === b ? 0.5 : 0;
  return won / (high.length * low.length);
}

/** Steps, median and 99th percentile (nearest rank). */
export function percentiles(values: number[]): { steps: number; p50: number; p99: number } {
  return { steps: values.length, p50: quantile(values, 0.5), p99: quantile(values, 0.99) };
}

export const allTiers: readonly Tier[] = [0, 1, 2, 3];
