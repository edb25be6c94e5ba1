// The core's records as objects, by the names under which wasm/layout.cpp lists them.
import type { GatePacket, GatePolicy, GenerateStats, ModelConfig, SessionPlan } from "../types.js";
import type { WitnessField } from "./witness.js";

export type PolicyRecord = Omit<GatePolicy, "kv"> & { kv: number };

/** Numbers for names; -1 for "not set". The custom policy is a record of its own. */
export interface OptionsRecord {
  policy: number;
  kv: number;
  tier: number;
  window: number;
  windowCapacity: number;
  memory: boolean;
  memoryBytes: number;
  replay: number;
  coherence: boolean;
  deadlineUs: number;
  boundUs0: number;
  boundUs1: number;
  boundUs2: number;
  boundUs3: number;
}

export interface StatsRecord {
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
  result: number;
  gate: number;
  spike: number;
  draw: number;
  input: number;
  inputBytes: number;
}

export interface GenerateOptionsRecord {
  temperature: number;
  seed: bigint;
  topK: number;
  topP: number;
  logprobs: number;
  speculative: boolean;
}

/** What a model says of itself beside its configuration. */
export interface FactsRecord {
  name: string;
  parameters: number;
  sizeBytes: number;
  hash: bigint;
}

/** Addresses and numbers of a described file's keys and tensors. */
export interface FileRecord {
  version: number;
  alignment: number;
  parameters: number;
  keys: number;
  nKeys: number;
  tensors: number;
  nTensors: number;
}

/** `shape` is the address of nDims 64-bit numbers. */
export interface TensorRecord {
  name: string;
  type: string;
  heldAs: string;
  shape: number;
  nDims: number;
  sizeBytes: number;
}

export interface RecordTypes {
  Witness: Record<WitnessField, unknown>;
  GatePacket: Required<GatePacket>;
  SpikePacket: Record<"fired" | "topLen" | "rateQ15" | "noveltyQ15" | "topIdx" | "topWQ15", number>;
  GatePolicy: PolicyRecord;
  SessionOptions: OptionsRecord;
  SessionPlan: SessionPlan;
  SessionStats: StatsRecord;
  Addresses: Addresses;
  GenerateOptions: GenerateOptionsRecord;
  GenerateStats: GenerateStats;
  ModelConfig: ModelConfig;
  ModelFacts: FactsRecord;
  File: FileRecord;
  Key: { name: string; type: string; value: string };
  Tensor: TensorRecord;
}
