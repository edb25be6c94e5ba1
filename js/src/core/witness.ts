import { DisposedError } from "../errors.js";
import { type GateDecision, type GateReason, decisions, reasons } from "./names.js";
import type { RecordLayout } from "./records.js";
import type { Tier } from "../types.js";

/** Memory that records are read from: the wasm heap, or a batch that a worker sent. */
export interface RecordSource {
  readonly view: DataView;
}

/** The memory of a session that was disposed of may be another's. */
export const disposedSource: RecordSource = {
  get view(): DataView {
    throw new DisposedError("disposed", "the session was disposed of");
  },
};

/**
 * The record of one step, read in place: what was decided, on what evidence, at what cost, sealed into a hash chain.
 * Borrowed until the next call on its session; `toJSON()` keeps a copy.
 */
export class Witness {
  #source: RecordSource;
  readonly #at: Record<WitnessField, number>;
  #base = 0;

  /** @internal */
  constructor(source: RecordSource, layout: RecordLayout<"Witness">) {
    this.#source = source;
    this.#at = layout.at;
  }

  /** @internal */
  moveTo(base: number): void {
    this.#base = base;
  }

  /** @internal Every read throws from now on. */
  close(): void {
    this.#source = disposedSource;
  }

  /** @internal Where the record stands in its source. */
  get address(): number {
    return this.#base;
  }

  /** 0-based count of steps in this session. */
  get step(): number {
    return Number(this.#u64(this.#at.step));
  }
  get token(): number {
    return this.#u32(this.#at.token);
  }
  get tier(): Tier {
    return this.#u8(this.#at.tier) as Tier;
  }
  get decision(): GateDecision {
    return decisions[this.#u8(this.#at.decision)] as GateDecision;
  }
  get reason(): GateReason {
    return reasons[this.#u8(this.#at.reason)] as GateReason;
  }
  get spikeFired(): boolean {
    return this.#u8(this.#at.spikeFired) !== 0;
  }
  /** Minimum cut between past and present; a drop marks a boundary. */
  get lambda(): number {
    return this.#u32(this.#at.lambda);
  }
  get lambdaPrev(): number {
    return this.#u32(this.#at.lambdaPrev);
  }
  get deltaLambda(): number {
    return this.#source.view.getInt32(this.#base + this.#at.deltaLambda, true);
  }
  get boundaryEdges(): number {
    return this.#u16(this.#at.boundaryEdges);
  }
  get boundaryConcentrationQ15(): number {
    return this.#u16(this.#at.boundaryConcentrationQ15);
  }
  get partitionCount(): number {
    return this.#u16(this.#at.partitionCount);
  }
  get spikeRateQ15(): number {
    return this.#u16(this.#at.spikeRateQ15);
  }
  get spikeNoveltyQ15(): number {
    return this.#u16(this.#at.spikeNoveltyQ15);
  }
  get effectiveWindow(): number {
    return this.#u16(this.#at.effectiveWindow);
  }
  /** Nats the arriving token cost under the previous answer. */
  get surprise(): number {
    return this.#f32(this.#at.surprise);
  }
  /** Predicted probability that the last cheap answer looked at costs over a bit more than that of all layers; where
   * the memory was held to its certainty, what that lacks of 1; where the gate asked for neither, 1 - topProbability. */
  get energy(): number {
    return this.#f32(this.#at.energy);
  }
  /** The energy the policy accepts; above it the gate went deeper. */
  get threshold(): number {
    return this.#f32(this.#at.threshold);
  }
  get layersRun(): number {
    return this.#u16(this.#at.layersRun);
  }
  get layersCaughtUp(): number {
    return this.#u16(this.#at.layersCaughtUp);
  }
  get layersReplayed(): number {
    return this.#u16(this.#at.layersReplayed);
  }
  get layersDeferred(): number {
    return this.#u16(this.#at.layersDeferred);
  }
  get kvBytesRead(): number {
    return this.#u32(this.#at.kvBytesRead);
  }
  get kvBytesWritten(): number {
    return this.#u32(this.#at.kvBytesWritten);
  }
  /** The token left its trace in the state. */
  get kvWrite(): boolean {
    return this.#u8(this.#at.kvWrite) !== 0;
  }
  /** The caller may act on this answer. */
  get externalWrite(): boolean {
    return this.#u8(this.#at.externalWrite) !== 0;
  }
  /** Most probable next token. */
  get topToken(): number {
    return this.#u32(this.#at.topToken);
  }
  get topProbability(): number {
    return this.#f32(this.#at.topProbability);
  }
  get outputHash(): bigint {
    return this.#u64(this.#at.outputHash);
  }
  get previousHash(): bigint {
    return this.#u64(this.#at.previousHash);
  }
  /** Chain value after this step. */
  get hash(): bigint {
    return this.#u64(this.#at.hash);
  }

  /** A copy that lasts; hashes become strings of 16 hex digits. */
  toJSON(): WitnessJson {
    const json: Record<string, unknown> = {};
    for (const field of Object.keys(this.#at)) {
      const value = this[field as WitnessField];
      json[field] = typeof value === "bigint" ? value.toString(16).padStart(16, "0") : value;
    }
    return json as unknown as WitnessJson;
  }

  #u8(offset: number): number {
    return this.#source.view.getUint8(this.#base + offset);
  }
  #u16(offset: number): number {
    return this.#source.view.getUint16(this.#base + offset, true);
  }
  #u32(offset: number): number {
    return this.#source.view.getUint32(this.#base + offset, true);
  }
  #f32(offset: number): number {
    return this.#source.view.getFloat32(this.#base + offset, true);
  }
  #u64(offset: number): bigint {
    return this.#source.view.getBigUint64(this.#base + offset, true);
  }
}

type Fields = Omit<Witness, "toJSON" | "moveTo" | "close" | "address">;
export type WitnessField = keyof Fields;

/** A witness as plain data. */
export type WitnessJson = { [Field in keyof Fields]: Fields[Field] extends bigint ? string : Fields[Field] };
