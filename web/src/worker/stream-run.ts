import type { Model, Policy, Session, SessionStats } from "mincut-gated-transformer";
import type { Batch, Totals } from "../protocol.js";
import { at, hex, recordBytes } from "../witness/record.js";
import { pack } from "./pack.js";

/** Bytes a session takes before the other one has its turn; long enough for a coarse clock, short enough to be fair. */
export const sliceBytes = 64;

/** One stream through a gated session and, in turns of a slice each, through a dense one. */
export class StreamRun {
  readonly id: number;
  #gated: Session;
  #dense: Session | undefined;
  #bytes: Uint8Array;
  #length: number;
  #at = 0;
  #gatedMs = 0;
  #denseMs = 0;
  #agreed = 0;
  #slice = new DataView(new ArrayBuffer(sliceBytes * recordBytes));
  #pending: Uint8Array = new Uint8Array(1024 * recordBytes);
  #pendingCount = 0;

  constructor(id: number, model: Model, bytes: Uint8Array, policy: Policy, dense: boolean) {
    this.id = id;
    this.#bytes = bytes;
    this.#length = bytes.length;
    this.#gated = model.createSession({ policy });
    this.#dense = dense ? model.createSession({ policy: "dense" }) : undefined;
  }

  get left(): number {
    return this.#length - this.#at;
  }

  append(bytes: Uint8Array): void {
    if (this.#length + bytes.length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + bytes.length));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Takes up to `count` bytes, at most one slice; returns how many. */
  advance(count: number): number {
    const n = Math.min(count, this.left, sliceBytes);
    const slice = this.#bytes.subarray(this.#at, this.#at + n);
    let started = performance.now();
    for (let i = 0; i < n; i++) pack(this.#slice, i * recordBytes, this.#gated.step(slice[i] as number).witness);
    this.#gatedMs += performance.now() - started;
    if (this.#dense) {
      const tops = new Uint8Array(n);
      started = performance.now();
      for (let i = 0; i < n; i++) tops[i] = this.#dense.step(slice[i] as number).witness.topToken;
      this.#denseMs += performance.now() - started;
      for (let i = 0; i < n; i++) {
        const agrees = tops[i] === this.#slice.getUint8(i * recordBytes + at.topToken) ? 1 : 0;
        this.#slice.setUint8(i * recordBytes + at.agrees, agrees);
        this.#agreed += agrees;
      }
    }
    this.#at += n;
    this.#keep(n);
    return n;
  }

  /** Records since the last call and the totals, or undefined where nothing has happened. */
  takeBatch(): Batch | undefined {
    if (this.#pendingCount === 0) return undefined;
    const count = this.#pendingCount;
    this.#pendingCount = 0;
    return {
      type: "batch",
      run: this.id,
      first: this.#at - count,
      count,
      records: this.#pending.slice(0, count * recordBytes).buffer,
      gated: totalsOf(this.#gated.stats, this.#gatedMs),
      dense: this.#dense ? totalsOf(this.#dense.stats, this.#denseMs) : undefined,
      agreed: this.#agreed,
    };
  }

  dispose(): void {
    this.#gated.dispose();
    this.#dense?.dispose();
  }

  #keep(count: number): void {
    const used = this.#pendingCount * recordBytes;
    const added = count * recordBytes;
    if (used + added > this.#pending.length) {
      const grown = new Uint8Array(Math.max(this.#pending.length * 2, used + added));
      grown.set(this.#pending.subarray(0, used));
      this.#pending = grown;
    }
    this.#pending.set(new Uint8Array(this.#slice.buffer, 0, added), used);
    this.#pendingCount += count;
  }
}

function totalsOf(stats: SessionStats, milliseconds: number): Totals {
  return {
    tokens: stats.tokens,
    tiers: [stats.tiers[0], stats.tiers[1], stats.tiers[2], stats.tiers[3]],
    layersRun: stats.layersRun,
    layersReplayed: stats.layersReplayed,
    macs: stats.macs,
    kvBytesRead: stats.kvBytesRead,
    kvBytesWritten: stats.kvBytesWritten,
    correct: stats.correct,
    nats: stats.nats,
    seconds: milliseconds / 1000,
    logitsHash: hex(stats.logitsHash),
  };
}
