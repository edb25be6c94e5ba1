import type { Model, Policy, Session } from "mincut-gated-transformer";
import type { BenchResult, BenchRun } from "../protocol.js";
import { hex } from "../witness/record.js";

/** Steps per timing. Browsers tick every 5 to 1000 microseconds, so a single step cannot be timed. */
const sliceSteps = 32;

/** Runs the same bytes through a gated and a dense session, slice by slice in turns; no recording, no drawing. */
export async function bench(
  model: Model,
  bytes: Uint8Array,
  steps: number,
  policy: Policy,
  onProgress: (done: number) => void,
): Promise<BenchResult> {
  const input = repeat(bytes, steps);
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
        onProgress(at);
        await new Promise((resolve) => setTimeout(resolve)); // messages get through
      }
    }
    return {
      arch: model.arch,
      model: model.name,
      policy,
      steps,
      slice: sliceSteps,
      clock_resolution_us: clockResolutionUs(),
      gated: gated.result(),
      dense: dense.result(),
      speedup: dense.milliseconds / gated.milliseconds,
      agreement: agreed / steps,
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
    const quantile = (q: number) => round(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0, 2);
    return {
      seconds: this.milliseconds / 1000,
      tokens_per_second: round((stats.tokens * 1000) / this.milliseconds, 1),
      p50_us: quantile(0.5),
      p99_us: quantile(0.99),
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

/** The first `length` bytes of the input, over and over if it is shorter. */
function repeat(bytes: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  for (let at = 0; at < length; at += bytes.length) out.set(bytes.subarray(0, length - at), at);
  return out;
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
