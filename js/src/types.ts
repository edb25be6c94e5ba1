/** 0 all layers · 1 half of them · 2 one layer · 3 none: cached, replayed or from the stream memory. */
export type Tier = 0 | 1 | 2 | 3;
export type Policy = "dense" | "exact" | "conservative" | "default" | "permissive" | "custom";
export type KvMode = "exact" | "propagate";
export type Build = "simd128" | "relaxed";

/** Thresholds of the gate; see GatePolicy in mgt/gate.hpp. */
export interface GatePolicy {
  lambdaMin: number;
  dropRatioQ15Max: number;
  boundaryEdgesMax: number;
  boundaryConcentrationQ15Max: number;
  partitionsMax: number;
  spikeRateQ15Max: number;
  spikeNoveltyQ15Min: number;
  /**
   * The session's own spike fires where the leaky sum of the surprise (0.8 per step) reaches so many nats, 0 to 64
   * (default 6); a steady s nats per byte sum up to 5 s.
   */
  spikeFireNats: number;
  allowKvWriteWhenUnstable: boolean;
  allowExternalWriteWhenUnstable: boolean;
  kv: KvMode;
  /**
   * Tier 3 where the memory's certainty reaches this: its top probability, held for more where the last bytes cost it
   * less than 0.8 nats each and for less where they cost it more. Above 1: never.
   */
  memoryConfidence: number;
  /** Exit where the answer's top probability reaches this; above 1: never. */
  exitConfidence: number;
  /**
   * The memory's answer suffices, too, where its energy is at most this, that of tier 2 at 3 times the odds, that of
   * tier 1 at 12 times. The energy is the predicted probability that an answer costs over a bit more than the answer of
   * all layers would. 0: never. Needs a model with an energy, and the stream memory.
   */
  energyMax: number;
  /** After a step of all layers `energyMax` holds lowered by this, in log-odds (default 0.7). */
  energyHysteresis: number;
  losslessReplay: boolean;
}

/** Microseconds by tier. */
export type StepBounds = readonly [number, number, number, number];

export interface SessionOptions {
  /** Default "default"; "custom" where `custom` is given. */
  policy?: Policy;
  /** Thresholds that differ from the neutral ones. */
  custom?: Partial<GatePolicy>;
  /** Overrides the policy's. */
  kv?: KvMode;
  /** Runs every step at this tier instead of asking the gate. */
  tier?: Tier;
  /** Attention window in tokens, within the model's trained range. */
  window?: number;
  /**
   * Share of its multiply-adds that `infer` may do, over 0 up to 1 (default): older tokens get less of a layer until it
   * is kept. Lossy below 1. Not part of a snapshot.
   */
  windowCapacity?: number;
  /** Mix with the stream memory (default true). */
  memory?: boolean;
  /** Bound of the stream memory's tables, 2^18 to 2^26 bytes (default 2^22). */
  memoryBytes?: number;
  /**
   * Positions of history in which work done before is found again, 16 to 2^20; 0 is off. Needs exact KV; every answer
   * keeps its bits. Default: 8192 with policies "exact" and "conservative" and with `losslessReplay`, otherwise off.
   */
  replay?: number;
  /**
   * Microseconds that a step may take. The gate goes no deeper than the deepest tier whose bound fits (reason
   * "Deadline" where it would have), under policies "dense" and "exact" as well: such a step has not their bits.
   */
  deadlineUs?: number;
  /** What a step of tier 0 to 3 takes at most, for the deadline; measured when the session is created where left out. */
  stepBoundsUs?: StepBounds;
  /** Compute lambda (default true). */
  coherence?: boolean;
  /** Measure each step, for `stats.p50Us` and `stats.p99Us` (default false: a clock costs more than a skipped step). */
  timing?: boolean;
}

/** Coherence of the stream, where the caller knows better than the library. */
export interface GatePacket {
  /** Higher is more coherent; 32768, which says nothing, where it is left out. */
  lambda?: number;
  lambdaPrev?: number;
  boundaryEdges?: number;
  boundaryConcentrationQ15?: number;
  partitionCount?: number;
  /**
   * 1: no deeper than tier 2, the memory may answer as well; 2: run at tier 3. Obeyed under every policy, unless a tier
   * is named.
   */
  flags?: number;
}

/**
 * Whether the input is news. Where it is none (not fired, or under the policy's spikeNoveltyQ15Min), a step repeats the
 * answer before, at tier 3 and with reason None; policies dense and exact do not listen.
 */
export interface SpikePacket {
  fired: boolean;
  rateQ15?: number;
  noveltyQ15?: number;
  /** Up to 16 distances back from the current position, each with a weight. */
  top?: readonly { idx: number; wQ15: number }[];
}

/** What one step may be told beyond its token. */
export interface StepInput {
  tier?: Tier;
  gate?: GatePacket;
  spike?: SpikePacket;
}

/** Shape of a model. */
export interface ModelConfig {
  nLayers: number;
  hidden: number;
  nHeads: number;
  nKvHeads: number;
  headDim: number;
  ffn: number;
  contextLength: number;
  window: number;
  windowMin: number;
  windowMax: number;
  rmsEps: number;
  ropeTheta: number;
}

/** Bytes a session will hold, all of them allocated by createSession. */
export interface SessionPlan {
  kvCacheBytes: number;
  skipTableBytes: number;
  byteTableBytes: number;
  windowCacheBytes: number;
  scratchBytes: number;
  memoryBytes: number;
  gateBytes: number;
  replayBytes: number;
  totalBytes: number;
}

/** Totals since creation or reset(). */
export interface SessionStats {
  tokens: number;
  tiers: Record<Tier, number>;
  layersRun: number;
  layersCaughtUp: number;
  layersReplayed: number;
  kvProjections: number;
  /** Int8 multiply-adds, heads included. */
  macs: number;
  kvBytesRead: number;
  kvBytesWritten: number;
  /** Arriving tokens that had been the most probable. */
  correct: number;
  /** Sum of the arriving tokens' surprise. */
  nats: number;
  /** The same under the transformer alone, over `modelTokens` tokens. */
  modelNats: number;
  modelTokens: number;
  /** Chained over every step's outputs; equal on every target. */
  logitsHash: bigint;
  /** Of the last 1024 steps; only with `timing: true`. */
  p50Us?: number;
  p99Us?: number;
}

/**
 * Bytes of a stream: text is taken as UTF-8. Chunks may end anywhere, inside a character too; an iterable of bytes is
 * asked for 256 of them at a time.
 */
export type StreamSource =
  | string
  | Uint8Array
  | ArrayBuffer
  | Blob
  | Iterable<number>
  | AsyncIterable<string | Uint8Array>
  | ReadableStream<string | Uint8Array>;

export interface StreamOptions {
  signal?: AbortSignal;
}

export interface GenerateOptions {
  /** Bytes to append (default 256). */
  n?: number;
  /** 0 (default): always the most probable byte; otherwise 0.01 to 10. */
  temperature?: number;
  /** Of the draws: the same seed gives the same text everywhere. */
  seed?: number | bigint;
  /** Draw among this many most probable bytes; 0 (default): all. */
  topK?: number;
  /** Draw among the fewest most probable bytes that hold this share (default 1: all), after temperature and topK. */
  topP?: number;
  /** Alternatives that generateTokens() reports with each byte, at most 20 (default 0). */
  logprobs?: number;
  /**
   * Compute what probably follows in batches (default false): the same text and answers, sooner; witnesses tell what a
   * replay store saved. Needs a session that runs every layer or replays it: policy "exact" (the quickest) or "dense", or
   * tier 0.
   */
  speculative?: boolean;
  signal?: AbortSignal;
}

/** What speculation did; equal on every target. */
export interface GenerateStats {
  /** Bytes generated. */
  tokens: number;
  /** Computations of layers: of one byte, or of one and its drafts. */
  rounds: number;
  /** Bytes computed ahead. */
  drafted: number;
  /** Of those, drawn afterwards. */
  accepted: number;
}

/** A byte and the natural logarithm of its probability in the answer it was drawn from, before temperature and cuts. */
export interface TokenLogprob {
  token: number;
  logprob: number;
}

/** A byte that was drawn, and the most probable ones, most probable first. */
export interface GeneratedToken extends TokenLogprob {
  top: readonly TokenLogprob[];
}
