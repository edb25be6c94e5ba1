// The work of `mgt run`: a stream of bytes through a gated session and, on request, a dense one beside it.
import type { Trace } from "../core/trace.js";
import type { Session } from "../session.js";

/** Bytes that go through one session before the other gets its turn. */
export const blockBytes = 2048;

/** One session, the time spent inside its steps, and its best guesses over the last block. */
export class Lane {
  readonly session: Session;
  readonly tops = new Uint8Array(blockBytes);
  seconds = 0;
  /** Those of a snapshot that the session continues. */
  readonly #tokensBefore: number;

  constructor(session: Session) {
    this.session = session;
    this.#tokensBefore = session.stats.tokens;
  }

  get tokens(): number {
    return this.session.stats.tokens - this.#tokensBefore;
  }

  /** Steps through `block`; the records go into `records` where there is a trace. */
  run(block: Uint8Array, trace?: Trace, records?: Uint8Array): void {
    const { session, tops } = this;
    const start = performance.now();
    for (let i = 0; i < block.length; i++) {
      const { witness } = session.step(block[i] as number);
      tops[i] = witness.topToken;
      if (trace && records) trace.keep(witness, records, i * trace.recordBytes);
    }
    this.seconds += (performance.now() - start) / 1000;
  }
}

export class Stream {
  readonly gated: Lane;
  readonly dense: Lane | undefined;
  /** Steps of both lanes with the same most probable byte. */
  agreed = 0;
  readonly #trace: Trace | undefined;
  readonly #records: Uint8Array | undefined;
  #denseFirst = false;

  constructor(gated: Session, dense: Session | undefined, trace: Trace | undefined) {
    this.gated = new Lane(gated);
    this.dense = dense && new Lane(dense);
    this.#trace = trace;
    this.#records = trace && new Uint8Array(blockBytes * trace.recordBytes);
  }

  /** Steps through at most blockBytes. The lanes take turns in going first, so that both see the same machine. */
  runBlock(block: Uint8Array): void {
    const { gated, dense } = this;
    if (dense && this.#denseFirst) dense.run(block);
    gated.run(block, this.#trace, this.#records);
    if (!dense) return;
    if (!this.#denseFirst) dense.run(block);
    this.#denseFirst = !this.#denseFirst;
    for (let i = 0; i < block.length; i++) this.agreed += gated.tops[i] === dense.tops[i] ? 1 : 0;
  }

  /** The trace lines of the last block of `steps` bytes. */
  traceLines(steps: number): string {
    const [trace, records] = [this.#trace, this.#records];
    if (!trace || !records) return "";
    let text = "";
    for (let i = 0; i < steps; i++) {
      const record = records.subarray(i * trace.recordBytes, (i + 1) * trace.recordBytes);
      text += `${Buffer.from(trace.format(record)).toString("latin1")}\n`;
    }
    return text;
  }
}
