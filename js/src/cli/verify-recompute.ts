// A trace against its origin: the same input through the same model gives the same records.
import type { Trace } from "../core/trace.js";
import type { Session } from "../session.js";
import { failInput } from "./failure.js";
import type { ByteSource } from "./files.js";
import { hex16 } from "./json.js";

/** Ends with an error about the line under way: its record differs from what it ought to be. */
export type Differ = (how: string) => never;

/** What a record says about its place in the stream, and its fields as `"name":value` in the order of the format. */
export interface Record {
  step: number;
  previousHash: bigint;
  fields: string[];
}

/** No value of a trace line contains a comma. */
export function fieldsOf(line: Uint8Array): string[] {
  return Buffer.from(line).toString("latin1").slice(1, -1).split(",");
}

/** Steps a session through the input and compares what it witnesses with the trace, step by step. */
export class Recomputation {
  readonly session: Session;
  readonly #trace: Trace;
  readonly #source: ByteSource;
  readonly #limit: number;
  readonly #chunks: AsyncGenerator<Uint8Array>;
  readonly #record: Uint8Array;
  #ready: Uint8Array = new Uint8Array(0);
  #taken = 0;

  /** limit: bytes of the input that the trace covers; Infinity: all. */
  constructor(session: Session, trace: Trace, source: ByteSource, limit: number) {
    this.session = session;
    this.#trace = trace;
    this.#source = source;
    this.#limit = limit;
    this.#chunks = source.chunks();
    this.#record = new Uint8Array(trace.recordBytes);
  }

  async compare({ step, previousHash, fields }: Record, differ: Differ): Promise<void> {
    const begin = this.session.model.hash;
    if (step === 0 && previousHash !== begin) {
      differ(`continues ${hex16(previousHash)}, a stream of this model begins at ${hex16(begin)}`);
    }
    // A trace may begin in the middle of the stream.
    while (this.#taken <= step) {
      const byte = await this.#nextByte();
      if (byte === undefined) differ(`has no byte, ${this.#source.name} ends after ${this.#taken}`);
      this.#taken++;
      this.#trace.keep(this.session.step(byte).witness, this.#record, 0);
    }
    const made = fieldsOf(this.#trace.format(this.#record));
    const at = fields.findIndex((field, i) => field !== made[i]);
    if (at < 0) return;
    const [name, said] = split(fields[at] as string);
    differ(`says ${name} ${said}, recomputed it is ${split(made[at] as string)[1]}`);
  }

  async expectEnd(trace: string, lastStep: number): Promise<void> {
    if ((await this.#nextByte()) === undefined) return;
    failInput(`${trace}: ends with step ${lastStep}, ${this.#source.name} goes on`);
  }

  async #nextByte(): Promise<number | undefined> {
    if (this.#taken >= this.#limit) return undefined;
    while (this.#ready.length === 0) {
      const { done, value } = await this.#chunks.next();
      if (done) return undefined;
      this.#ready = value;
    }
    const byte = this.#ready[0];
    this.#ready = this.#ready.subarray(1);
    return byte;
  }
}

function split(field: string): [string, string] {
  const colon = field.indexOf(":");
  return [field.slice(1, colon - 1), field.slice(colon + 1)];
}
