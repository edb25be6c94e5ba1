/** Where the stream view breaks its lines: after every line end, and after `columns` bytes. */
export class Rows {
  #starts = new Uint32Array(1024);
  #count = 0;
  #length = 0;
  #columns: number;

  constructor(columns: number) {
    this.#columns = columns;
  }

  get count(): number {
    return this.#count;
  }
  get columns(): number {
    return this.#columns;
  }

  /** Lays out all of it again. */
  reset(columns: number, bytes: Uint8Array): void {
    this.#columns = columns;
    this.#count = 0;
    this.#length = 0;
    this.append(bytes);
  }

  /** Lays out what `bytes` has gained at its end since the last call. */
  append(bytes: Uint8Array): void {
    let start = this.#count > 0 ? this.start(this.#count - 1) : 0;
    for (let i = this.#length; i < bytes.length; i++) {
      const breaks = i > 0 && (bytes[i - 1] === 0x0a || i - start === this.#columns);
      if (i === 0 || breaks) {
        start = i;
        this.#push(i);
      }
    }
    this.#length = bytes.length;
  }

  /** First byte of a row. */
  start(row: number): number {
    return this.#starts[row] ?? this.#length;
  }

  /** One past the last byte of a row. */
  end(row: number): number {
    return row + 1 < this.#count ? (this.#starts[row + 1] as number) : this.#length;
  }

  /** The row that a byte stands in. */
  rowOf(byte: number): number {
    let low = 0;
    let high = this.#count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.start(middle) <= byte) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #push(start: number): void {
    if (this.#count === this.#starts.length) {
      const grown = new Uint32Array(this.#starts.length * 2);
      grown.set(this.#starts);
      this.#starts = grown;
    }
    this.#starts[this.#count++] = start;
  }
}
