// Messages between a page and its worker: numbered calls, and one answer each. Steps travel in batches.
import type { ErrorCode } from "../errors.js";
import type { Layout } from "../core/runtime.js";
import type { Progress } from "../load/read-source.js";
import type {
  Build,
  GenerateOptions,
  GeneratedToken,
  ModelConfig,
  Policy,
  SessionOptions,
  SessionPlan,
  StepInput,
  Tier,
} from "../types.js";

/** A channel to the other side, whatever the kind of worker. */
export interface WorkerPort {
  post(message: unknown, transfer?: Transferable[]): void;
  listen(onMessage: (message: unknown) => void, onDeath: (reason: string) => void): void;
  terminate(): void;
  /** Whether answers are awaited: an idle worker need not keep a Node process alive. */
  hold(busy: boolean): void;
}

/** What the worker sends as a model's facts. */
export interface ModelFacts {
  config: ModelConfig;
  name: string;
  parameters: number;
  sizeBytes: number;
  hash: bigint;
  build: Build;
  buildReason: string;
  arch: string;
  layout: Layout;
}

export interface SessionFacts {
  id: number;
  plan: SessionPlan;
  options: SessionOptions;
  policy: Policy;
  window: number;
  replay: number;
  deadlineTier: Tier;
}

/**
 * Results of some steps in one buffer that is transferred: per step its witness, padded to 8 bytes, then logits and
 * probabilities (256 float32 each) unless left out.
 */
export interface Batch {
  buffer: ArrayBuffer;
  steps: number;
}

export type WasmInput = Uint8Array | WebAssembly.Module | Partial<Record<Build, Uint8Array | WebAssembly.Module>>;

/** Calls by name: arguments and result. */
export interface Calls {
  /** A text is a URL. */
  load: [source: { source: string | Uint8Array; build: Build | undefined; wasm: WasmInput | undefined }, ModelFacts];
  createSession: [options: SessionOptions, SessionFacts];
  plan: [options: SessionOptions, SessionPlan];
  heapBytes: [nothing: undefined, number];
  steps: [args: { id: number; tokens: Uint8Array; input: StepInput | undefined; outputs: boolean }, Batch];
  prefill: [args: { id: number; bytes: Uint8Array }, Batch];
  push: [args: { id: number; bytes: Uint8Array }, Batch];
  logits: [id: number, Batch];
  infer: [args: { id: number; bytes: Uint8Array; tier: Tier }, Batch];
  startDrawing: [args: { id: number; prompt: Uint8Array; options: GenerateOptions }, undefined];
  drawBytes: [args: { id: number; count: number }, Uint8Array];
  drawTokens: [args: { id: number; count: number }, GeneratedToken[]];
  snapshot: [id: number, Uint8Array];
  restore: [args: { id: number; snapshot: Uint8Array }, undefined];
  stats: [id: number, import("../types.js").SessionStats];
  generateStats: [id: number, import("../types.js").GenerateStats];
  gatePolicy: [id: number, import("../types.js").GatePolicy];
  spike: [id: number, Required<import("../types.js").SpikePacket>];
  warmup: [id: number, undefined];
  reset: [id: number, undefined];
  disposeSession: [id: number, undefined];
}
export type CallName = keyof Calls;

export type Request = { [Name in CallName]: { call: number; name: Name; args: Calls[Name][0] } }[CallName];

export type Answer =
  | { call: number; result: unknown }
  | { call: number; progress: Progress }
  | { call: number; error: { code?: ErrorCode; message: string } };
