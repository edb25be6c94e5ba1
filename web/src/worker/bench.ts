import type { Model, Policy, Session } from "mincut-gated-transformer";
import type { BenchResult, BenchRun } from "../protocol.js";
import { hex } from "../witness/record.js";

/** Steps per timing. Browsers tick every 5 to 1000 microseconds, so a single step cannot be timed. */
const sliceSteps = 32;

export interface BenchTask {
  model: Model;
  policy: Policy;
  /** What the bytes are called in the result. */
  stream: string;
  bytes: Uint8Array;
  /** At most this many of the bytes are read. */
  steps: number;
  signal: AbortSignal;
  onProgress(done: number, steps: number): void;
}

/**
 * Runs the same bytes through a gated and a dense session, slice by slice in turns; no recording, no drawing. No byte
 * is read twice: on a text that repeats, the stream's memory would answer, and the figures would be about that.
 */
export async function bench(task: BenchTask): Promise<BenchResult> {
  const { model, policy, signal } = task;
  const input = task.bytes.subarray(0, task.steps);
  const gated = new TimedSession(model, policy);
  const dense = new TimedSession(model, "dense");
  try {
    let agreed = 0;
    for (let at = 0; at < input.length; at += sliceSteps) {
      const slice = input.subarray(at, at + sliceSteps);
      gated.run(slice);
      dense.run(slice);
      for (let i = 0; i < slice.length; i++) if (gated.tops[i] === dense.tops[i]) agreed++;
      if ((at / sliceSteps) % 16 === 0) {
        task.onProgress(at, input.length);
        await new Promise((resolve) => setTimeout(resolve)); // messages get through
        signal.throwIfAborted();
      }
    }
    return {
      arch: model.arch,
      model: model.name,
      policy,
      stream: task.stream,
      stream_bytes: task.bytes.length,
      steps_asked: task.steps,
      steps: input.length,
      slice: sliceSteps,
      clock_resolution_us: clockResolutionUs(),
      gated: gated.result(),
      dense: dense.result(),
      speedup: dense.milliseconds / gated.milliseconds,
      agreement: agreed / input.length,
    };
  } finally {
    gated.dispose();
    dense.dispose();
  }
}

class TimedSession {
  readonly tops = new Uint8Array(sliceSteps);
  milliseconds = 0;
  #session: Session;
  #perStepUs: number[] = [];

  constructor(model: Model, policy: Policy) {
    this.#session = model.createSession({ policy });
  }

  run(slice: Uint8Array): void {
    const started = performance.now();
    for (let i = 0; i < slice.length; i++) this.tops[i] = this.#session.step(slice[i] as number).witness.topToken;
    const elapsed = performance.now() - started;
    this.milliseconds += elapsed;
    this.#perStepUs.push((elapsed * 1000) / slice.length);
  }

  result(): BenchRun {
    const stats = this.#session.stats;
    const sorted = this.#perStepUs.sort((a, b) => a - b);
    const nearestRank = (q: number) => round(sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? 0, 2);
    return {
      seconds: this.milliseconds / 1000,
      tokens_per_second: round((stats.tokens * 1000) / this.milliseconds, 1),
      p50_us: nearestRank(0.5),
      p99_us: nearestRank(0.99),
      tiers: { ...stats.tiers },
      layers_run: stats.layersRun,
      accuracy: stats.correct / stats.tokens,
      nats_per_byte: stats.nats / stats.tokens,
      logits_hash: hex(stats.logitsHash),
    };
  }

  dispose(): void {
    this.#session.dispose();
  }
}

/** The smallest step that this browser's clock shows. */
function clockResolutionUs(): number {
  let smallest = Infinity;
  for (let i = 0; i < 20; i++) {
    const start = performance.now();
    let now = start;
    while (now === start) now = performance.now();
    smallest = Math.min(smallest, now - start);
  }
  return round(smallest * 1000, 1);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
