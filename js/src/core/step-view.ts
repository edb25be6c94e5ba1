import type { Layout } from "./runtime.js";
import { type RecordSource, Witness, disposedSource } from "./witness.js";

export const vocabSize = 256;

/** Whoever holds one of these holds the session: the memory that they show is not freed under them. */
const owners = new WeakMap<Witness | Float32Array, StepView>();

/**
 * Result of a step: views into memory that the next call on the session overwrites. One object serves all steps;
 * copy (`logits.slice()`, `witness.toJSON()`) what must last. Where no exit gave logits, reading `logits` takes them:
 * read it once after each step, not once for all. After the session's dispose() every read throws DisposedError; arrays
 * that were read before then show memory that may be another session's.
 */
export class StepView {
  readonly witness: Witness;
  #source: RecordSource;
  readonly #logitsOf: (answer: number) => number;
  #logits: Float32Array | undefined;
  #probabilities: Float32Array | undefined;
  #answer = 0;
  #probabilitiesAt = 0;

  /** @internal logitsOf: the address of an answer's logits, which are taken when first asked for. */
  constructor(source: RecordSource, layout: Layout, logitsOf: (answer: number) => number) {
    this.#source = source;
    this.#logitsOf = logitsOf;
    this.witness = new Witness(source, layout.witness);
    owners.set(this.witness, this);
  }

  /** Float32[256] of the exit that ran; ln(probabilities) where none did. */
  get logits(): Float32Array {
    const at = this.#logitsOf(this.#answer);
    // The heap's buffer changes when memory grows, at a load or a createSession: then the old views are empty.
    if (this.#logits?.buffer !== this.#source.view.buffer) {
      this.#logits = this.#viewAt(at);
    }
    return this.#logits;
  }

  /** Float32[256], the answer: transformer mixed with the stream memory. */
  get probabilities(): Float32Array {
    if (this.#probabilities?.buffer !== this.#source.view.buffer) {
      this.#probabilities = this.#viewAt(this.#probabilitiesAt);
    }
    return this.#probabilities;
  }

  /** @internal Points the views at other addresses. */
  moveTo(answer: number, probabilities: number, witness: number): void {
    this.#logits = undefined;
    this.#probabilities = undefined;
    this.#answer = answer;
    this.#probabilitiesAt = probabilities;
    this.witness.moveTo(witness);
  }

  /** @internal Every read throws from now on: the session was disposed of. */
  close(): void {
    this.#source = disposedSource;
    this.witness.close();
  }

  #viewAt(address: number): Float32Array {
    const values = new Float32Array(this.#source.view.buffer, address, vocabSize);
    owners.set(values, this);
    return values;
  }
}
