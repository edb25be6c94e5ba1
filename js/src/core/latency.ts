/** Durations of the last 1024 steps. */
export class Latency {
  readonly #durations = new Float64Array(1024);
  #count = 0;

  add(milliseconds: number): void {
    this.#durations[this.#count++ % this.#durations.length] = milliseconds;
  }

  /** Microseconds that the given share of the steps stayed within; undefined before the first. */
  quantileUs(share: number): number | undefined {
    const kept = this.#durations.slice(0, Math.min(this.#count, this.#durations.length)).sort();
    const value = kept[Math.max(0, Math.ceil(share * kept.length) - 1)];
    return value === undefined ? undefined : value * 1000;
  }

  clear(): void {
    this.#count = 0;
  }
}
