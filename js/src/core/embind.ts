// What the wasm module offers: objects through Embind (wasm/objects.cpp, records.cpp) and plain exports (the rest).
import type { GenerateStats, ModelConfig, SessionPlan } from "../types.js";

export interface EmbindPolicy {
  lambdaMin: number;
  dropRatioQ15Max: number;
  boundaryEdgesMax: number;
  boundaryConcentrationQ15Max: number;
  partitionsMax: number;
  spikeRateQ15Max: number;
  spikeNoveltyQ15Min: number;
  allowKvWriteWhenUnstable: boolean;
  allowExternalWriteWhenUnstable: boolean;
  kv: number;
  memoryConfidence: number;
  exitConfidence: number;
  losslessReplay: boolean;
}

/** Numbers for names; -1 for "not set". */
export interface EmbindOptions {
  policy: number;
  custom: EmbindPolicy;
  kv: number;
  tier: number;
  window: number;
  memory: boolean;
  memoryBytes: number;
  replay: number;
  coherence: boolean;
}

export interface EmbindGenerateOptions {
  temperature: number;
  seed: bigint;
  topK: number;
  topP: number;
  logprobs: number;
  speculative: boolean;
}

export interface EmbindStats {
  tokens: number;
  tier0: number;
  tier1: number;
  tier2: number;
  tier3: number;
  layersRun: number;
  layersCaughtUp: number;
  layersReplayed: number;
  kvProjections: number;
  macs: number;
  kvBytesRead: number;
  kvBytesWritten: number;
  correct: number;
  nats: number;
  modelNats: number;
  modelTokens: number;
  logitsHash: bigint;
}

/** Addresses of a session's shared memory. */
export interface Addresses {
  self: number;
  result: number;
  gate: number;
  spike: number;
  draw: number;
  input: number;
  inputBytes: number;
}

export interface EmbindSession {
  addresses(): Addresses;
  stats(): EmbindStats;
  policy(): EmbindPolicy;
  policyKind(): number;
  window(): number;
  reset(): void;
  /** Returns an error code, 0 where it started. The prompt, or its first part, stands in the input buffer. */
  startGenerating(options: EmbindGenerateOptions, nTokens: number): number;
  generateStats(): GenerateStats;
  delete(): void;
}

export interface EmbindModel {
  config(): ModelConfig;
  name(): string;
  parameters(): number;
  sizeBytes(): number;
  hash(): bigint;
  createSession(options: EmbindOptions): EmbindSession | null;
  plan(options: EmbindOptions): SessionPlan;
  delete(): void;
}

export interface FileDescription {
  version: number;
  alignment: number;
  parameters: number;
  keys: { name: string; type: string; value: string }[];
  tensors: { name: string; type: string; shape: number[]; size_bytes: number; held_as: string }[];
}

export interface EmbindModule {
  /** Null with an error in the slot. `type` is a WeightType. */
  describeFile(address: number, sizeBytes: number): FileDescription | null;
  convertFile(address: number, sizeBytes: number, type: number): Uint8Array | null;
  /** False for a name this build does not have. */
  useArch(name: string): boolean;
  arch(): string;
  loadModel(address: number, sizeBytes: number): EmbindModel | null;
  planModel(address: number, sizeBytes: number): number;
  defaultOptions(): EmbindOptions;
}

export interface Exports {
  memory: WebAssembly.Memory;
  malloc(sizeBytes: number): number;
  free(address: number): void;
  mgt_abi(): number;
  mgt_layout(): number;
  mgt_layout_length(): number;
  mgt_error_code(): number;
  mgt_error_name(): number;
  mgt_error_message(): number;
  mgt_step(self: number, token: number): number;
  mgt_step_with(self: number, token: number, tier: number, packets: number): number;
  mgt_prefill(self: number, nTokens: number): number;
  mgt_push(self: number, nTokens: number): number;
  mgt_logits(self: number): number;
  mgt_infer(self: number, nTokens: number, tier: number): number;
  mgt_generate_next(self: number): number;
  mgt_snapshot_bytes(self: number): number;
  mgt_snapshot(self: number, address: number, sizeBytes: number): number;
  mgt_restore(self: number, address: number, sizeBytes: number): number;
  mgt_sum_words(address: number, nWords: number): bigint;
  mgt_trace_line(): number;
  mgt_trace_capacity(): number;
  mgt_trace_witness(): number;
  mgt_format_trace(witness: number): number;
  mgt_parse_trace(sizeBytes: number): number;
  mgt_seal(witness: number): bigint;
}
