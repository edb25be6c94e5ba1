// What the page and its worker say to each other.
import type { Policy } from "mincut-gated-transformer";

export type { Policy };

/** Bytes per second at which the stream runs; 0 holds it, Infinity lets it go. */
export type Rate = number;

export type Request =
  | { type: "open"; id: number; url: string }
  | { type: "start"; run: number; bytes: Uint8Array; policy: Policy; dense: boolean }
  | { type: "append"; bytes: Uint8Array }
  | { type: "pace"; rate: Rate }
  | { type: "step" }
  | { type: "complete"; id: number; prompt: Uint8Array; limit: number; policy: Policy }
  | { type: "bench"; stream: string; bytes: Uint8Array; steps: number; policy: Policy };

/** `opening`: the `open` request that is answered; the page drops answers to any but its last one. */
export type Reply =
  | { type: "progress"; opening: number; loaded: number; total: number | undefined }
  | { type: "ready"; opening: number; info: ModelInfo }
  | Batch
  | { type: "completion"; id: number; text: Uint8Array; tiers: number[]; milliseconds: number }
  | { type: "bench-progress"; done: number; steps: number }
  | { type: "bench-result"; result: BenchResult }
  | { type: "failure"; opening: number | undefined; failure: Failure };

/** Facts of a loaded model and of the build that runs it. */
export interface ModelInfo {
  /** "wasm-relaxed" or "wasm-simd128". */
  arch: string;
  /** Why that build was chosen. */
  buildReason: string;
  parameters: number;
  layers: number;
  hidden: number;
  loadMs: number;
}

/** Steps since the last batch: `count` packed records, and the totals after them. */
export interface Batch {
  type: "batch";
  run: number;
  first: number;
  count: number;
  records: ArrayBuffer;
  gated: Totals;
  dense: Totals | undefined;
  /** Steps at which the gated and the dense run named the same most probable byte. */
  agreed: number;
}

/** Sums over one session, with the time its steps took. */
export interface Totals {
  tokens: number;
  tiers: [number, number, number, number];
  layersRun: number;
  layersReplayed: number;
  macs: number;
  kvBytesRead: number;
  kvBytesWritten: number;
  correct: number;
  nats: number;
  seconds: number;
  /** 16 hex digits, chained over every step's outputs. */
  logitsHash: string;
}

/** A typed error of the package, as it crosses the worker boundary. */
export interface Failure {
  name: string;
  code: string;
  message: string;
}

/** What the browser benchmark measured. Microseconds are means over slices: clocks here tick too slowly for single steps. */
export interface BenchResult {
  arch: string;
  model: string;
  policy: Policy;
  stream: string;
  /** Bytes that there were to read. */
  stream_bytes: number;
  steps_asked: number;
  /** Steps measured: those asked for, or as many as there are bytes; none is read twice. */
  steps: number;
  slice: number;
  clock_resolution_us: number;
  gated: BenchRun;
  dense: BenchRun;
  speedup: number;
  agreement: number;
}

export interface BenchRun {
  seconds: number;
  tokens_per_second: number;
  p50_us: number;
  p99_us: number;
  tiers: Record<string, number>;
  layers_run: number;
  accuracy: number;
  nats_per_byte: number;
  logits_hash: string;
}
