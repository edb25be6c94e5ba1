// One benchmark case: a session, a mode, a tier, timed run by run beside the scalar kernels.
import type { Runtime } from "../core/runtime.js";
import type { Model } from "../model.js";
import type { Session } from "../session.js";
import type { Tier } from "../types.js";
import { useArch } from "./engine.js";
import type { FileDescription } from "./file-tools.js";
import { quantile } from "./quantile.js";
import { openSession } from "./session-flags.js";

export interface BenchCase {
  mode: "step" | "window" | "push";
  tier: Tier;
  runs: number;
  memory: boolean;
  /** Push: tokens per answer asked for. */
  every: number;
  /** Window: `windowCapacity` of the session. */
  capacity: number;
}

/** Times in microseconds; rates from the median run. */
export interface BenchResult {
  runs: number;
  /** Of one run. */
  tokens: number;
  p50Us: number;
  p99Us: number;
  scalarP50Us: number;
  /** Push: as many steps at tier 0, in the same rounds. */
  steppingP50Us: number | undefined;
  gmacs: number;
  /** Of the weights of the layers and the head that run, read once, and the KV cache's traffic. */
  gbytesPerSecond: number;
  /** GB/s that this engine reads from a buffer of as many bytes; 0 where no layer runs. */
  readLimit: number;
}

/** Lines of a service's log with running numbers: repetitive, as streams are, and never quite the same. */
function sampleStream(sizeBytes: number): Uint8Array {
  const verbs = ["accepted", "closed", "queued", "retried", "forwarded"];
  const two = (n: number) => String(n).padStart(2, "0");
  let text = "";
  let random = 1;
  for (let i = 0; text.length < sizeBytes; i++) {
    random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
    const time = `10:${two(Math.floor(i / 60) % 60)}:${two(i % 60)}`;
    const verb = verbs[(random >>> 16) & 3];
    text += `2026-01-02 ${time} worker[${100 + (random % 7)}]: request ${4000 + i} ${verb} in ${random >>> 24} ms\n`;
  }
  return new TextEncoder().encode(text.slice(0, sizeBytes));
}

function layersOf(tier: Tier, nLayers: number): number {
  if (tier === 3) return 0;
  if (tier === 2) return 1;
  return tier === 0 ? nLayers : Math.max(1, Math.floor(nLayers / 2));
}

type Tensors = FileDescription["tensors"];

/** Bytes of the matrices that a run of so many layers reads at most, the head among them. */
function weightBytes(tensors: Tensors, layers: number): number {
  if (layers === 0) return 0;
  const layerOf = (name: string) => Number(/^blk\.(\d+)\./.exec(name)?.[1] ?? (name === "output.weight" ? 0 : layers));
  const read = tensors.filter(({ name, shape }) => shape.length === 2 && layerOf(name) < layers);
  return read.reduce(
    (bytes, { shape, held_as }) => bytes + shape.reduce((a, b) => a * b) * (held_as === "int4" ? 0.5 : 1),
    0,
  );
}

/** Runs the case again and again over its stream, counting the multiply-adds and the cache's bytes. */
class Runner {
  readonly tokens: number;
  kvBytes = 0;
  readonly #session: Session;
  readonly #bench: BenchCase;
  readonly #stream = sampleStream(1 << 16);
  #at = 0;
  #windowMacs = 0;

  constructor(model: Model, bench: BenchCase) {
    const { mode, tier, memory, every, capacity } = bench;
    // Push without replay: what batches bring. Else propagate: a run at one tier costs what that tier costs, no debts.
    this.#session = openSession(
      model,
      mode === "push"
        ? { policy: "exact", replay: 0, memory }
        : { policy: "dense", tier, kv: "propagate", memory, windowCapacity: capacity },
    );
    this.#bench = bench;
    this.tokens = { window: model.config.contextLength, push: every, step: 1 }[mode];
    if (mode === "window" && tier === 3) this.#next(0);
  }

  /** One run; returns microseconds. */
  run(): number {
    return this.#next(this.#bench.tier);
  }

  /** Multiply-adds since construction. */
  get macs(): number {
    return this.#bench.mode === "window" ? this.#windowMacs : this.#session.stats.macs;
  }

  dispose(): void {
    this.#session.dispose();
  }

  #next(tier: Tier): number {
    if (this.#at + this.tokens > this.#stream.length) this.#at = 0;
    const tokens = this.#stream.subarray(this.#at, (this.#at += this.tokens));
    const start = performance.now();
    const view = this.#compute(tokens, tier);
    const us = 1000 * (performance.now() - start);
    this.kvBytes += view.witness.kvBytesRead + view.witness.kvBytesWritten;
    if (this.#bench.mode === "window") this.#windowMacs += this.#session.windowMacs;
    return us;
  }

  #compute(tokens: Uint8Array, tier: Tier) {
    const { mode } = this.#bench;
    if (mode === "window") return this.#session.infer(tokens, tier);
    if (mode === "step") return this.#session.step(tokens[0] as number);
    this.#session.push(tokens);
    return this.#session.logits();
  }
}

const medianOfRuns = (runner: Runner, n: number) =>
  quantile(
    Array.from({ length: n }, () => runner.run()),
    0.5,
  );

/**
 * Warms up, then alternates rounds on the kernels in force and on the scalar ones, in one session: both see the same
 * stream and the same machine. Scalar rounds are as long in time, so there are fewer scalar runs.
 */
export function measure(model: Model, tensors: Tensors, bench: BenchCase): BenchResult {
  const rounds = 50;
  const { runtime } = model;
  const { arch } = runtime;
  const runner = new Runner(model, bench);
  const typical = medianOfRuns(runner, bench.mode === "step" ? 512 : 10);
  useArch(runtime, "scalar");
  const scalarTypical = medianOfRuns(runner, 3);
  const stepper = bench.mode === "push" ? new Runner(model, { ...bench, mode: "step" }) : undefined;

  const perRound = Math.ceil(bench.runs / rounds);
  const scalarPerRound = Math.ceil(perRound * Math.min(1, typical / scalarTypical));
  const times: number[] = [];
  const scalarTimes: number[] = [];
  const steppingTimes: number[] = [];
  let macs = 0;
  let kvBytes = 0;
  for (let round = 0; round < rounds; round++) {
    useArch(runtime, arch);
    macs -= runner.macs;
    kvBytes -= runner.kvBytes;
    for (let i = 0; i < perRound; i++) times.push(runner.run());
    macs += runner.macs;
    kvBytes += runner.kvBytes;
    for (let i = 0; stepper && i < perRound; i++) steppingTimes.push(stepper.run() * runner.tokens);
    useArch(runtime, "scalar");
    for (let i = 0; i < scalarPerRound; i++) scalarTimes.push(runner.run());
  }
  useArch(runtime, arch);
  runner.dispose();
  stepper?.dispose();

  const p50Us = quantile(times, 0.5);
  const layers = layersOf(bench.tier, model.config.nLayers);
  const bytes = kvBytes / times.length + weightBytes(tensors, layers);
  return {
    runs: times.length,
    tokens: runner.tokens,
    p50Us,
    p99Us: quantile(times, 0.99),
    scalarP50Us: quantile(scalarTimes, 0.5),
    steppingP50Us: stepper && quantile(steppingTimes, 0.5),
    gmacs: (macs / times.length / p50Us) * 1e-3,
    gbytesPerSecond: (bytes / p50Us) * 1e-3,
    readLimit: layers > 0 ? readBandwidth(runtime, bytes) * 1e-9 : 0,
  };
}

/** Bytes per second that this engine reads from a buffer of `sizeBytes`: the median of repeated passes, about 50 ms. */
function readBandwidth(runtime: Runtime, sizeBytes: number): number {
  const n = Math.max(64, Math.floor(sizeBytes / 8)) & ~63;
  const passes = Math.max(1, Math.floor((4 << 20) / (8 * n)));
  return runtime.withBytes(new Uint8Array(8 * n), (address) => {
    const rates: number[] = [];
    const start = performance.now();
    while (rates.length < 5 || performance.now() - start < 50) {
      const before = performance.now();
      for (let pass = 0; pass < passes; pass++) runtime.exports.mgt_sum_words(address, n);
      rates.push((8 * n * passes * 1000) / (performance.now() - before));
    }
    return quantile(rates, 0.5);
  });
}
