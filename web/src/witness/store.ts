import type { Batch } from "../protocol.js";
import { type Field, fieldAt, hashAt, recordBytes } from "./record.js";

/** Every witness of the current run, in one growing buffer. */
export class WitnessStore {
  #bytes = new Uint8Array(4096 * recordBytes);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** Steps kept. */
  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.#length = 0;
  }

  append(batch: Batch): void {
    const end = (batch.first + batch.count) * recordBytes;
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#bytes.length * 2, end));
      grown.set(this.#bytes.subarray(0, this.#length * recordBytes));
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    this.#bytes.set(new Uint8Array(batch.records), batch.first * recordBytes);
    this.#length = batch.first + batch.count;
  }

  get(step: number, field: Field): number {
    return fieldAt(this.#view, step * recordBytes, field);
  }

  hash(step: number, field: "previousHash" | "outputHash" | "hash"): string {
    return hashAt(this.#view, step * recordBytes, field);
  }
}
