import { Witness } from "./witness.js";
import type { Runtime } from "./runtime.js";

/** Trace lines as the core writes and reads them: the same bytes as the native program's. */
export class Trace {
  readonly #runtime: Runtime;
  readonly #line: number;
  readonly #record: number;
  readonly #capacity: number;
  readonly #witness: Witness;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#line = runtime.exports.mgt_trace_line();
    this.#record = runtime.exports.mgt_trace_witness();
    this.#capacity = runtime.exports.mgt_trace_capacity();
    this.#witness = new Witness(runtime, runtime.layout.witness);
    this.#witness.moveTo(this.#record);
  }

  get recordBytes(): number {
    return this.#runtime.layout.witness.size;
  }

  get maxLineBytes(): number {
    return this.#capacity;
  }

  /** Copies a session's witness out of the heap, to be formatted later. */
  keep(witness: Witness, into: Uint8Array, at: number): void {
    into.set(this.#runtime.bytes.subarray(witness.address, witness.address + this.recordBytes), at);
  }

  /** The line of a kept record, without a newline. Borrowed until the next call. */
  format(record: Uint8Array): Uint8Array {
    this.#runtime.bytes.set(record, this.#record);
    const size = this.#runtime.exports.mgt_format_trace(this.#record);
    return this.#runtime.bytes.subarray(this.#line, this.#line + size);
  }

  /** Reads a line back. Throws InputError (bad_trace). Borrowed until the next call. */
  parse(line: Uint8Array): Witness {
    // A line that is cut here is too long for a record, and the cut part already tells the parser so.
    const part = line.subarray(0, this.#capacity);
    this.#runtime.bytes.set(part, this.#line);
    if (this.#runtime.exports.mgt_parse_trace(part.length) !== 0) throw this.#runtime.lastError();
    return this.#witness;
  }

  /** The chain value that the record last parsed ought to have. */
  seal(): bigint {
    return BigInt.asUintN(64, this.#runtime.exports.mgt_seal(this.#record));
  }
}
