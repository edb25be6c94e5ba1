import { byId } from "../page.js";
import type { WitnessStore } from "../witness/store.js";
import { bucketsOf } from "./buckets.js";
import { Chart } from "./chart.js";
import { chartKinds } from "./kinds.js";

/** Share of the time that drawing charts may take; long stretches are drawn less often. */
const drawingShare = 0.25;

/** The charts under each other, over one stretch of the stream. */
export class Charts {
  layers = 1;
  #store: WitnessStore;
  #root = byId("charts", HTMLDivElement);
  #span = byId("span", HTMLSelectElement);
  #charts: Chart[];
  #redraw: () => void;
  #restUntil = 0;
  #waiting = false;

  constructor(store: WitnessStore, onByte: (byte: number | undefined, chosen: boolean) => void, redraw: () => void) {
    this.#store = store;
    this.#redraw = redraw;
    const seen = (byte: number | undefined, chosen: boolean) => {
      onByte(byte !== undefined && byte >= 0 && byte < store.length ? byte : undefined, chosen);
    };
    this.#charts = chartKinds.map((kind, i) => new Chart(kind, i === chartKinds.length - 1, seen));
    this.#root.append(...this.#charts.map(({ element }) => element));
    this.#span.addEventListener("change", redraw);
    new ResizeObserver(() => {
      for (const chart of this.#charts) chart.width = this.#root.clientWidth;
      redraw();
    }).observe(this.#root);
  }

  /** `mark`: the byte looked at; the charts go where it is. */
  draw(mark: number | undefined, held: boolean): void {
    const started = performance.now();
    if (started < this.#restUntil) return this.#drawLater(this.#restUntil - started);
    const [from, to] = this.#stretch(held ? mark : undefined);
    const buckets = bucketsOf(this.#store, from, Math.min(to, this.#store.length), this.#charts[0]?.columns ?? 300);
    for (const chart of this.#charts) chart.draw(buckets, from, Math.max(to, from + 1), this.layers, mark);
    const spentMs = performance.now() - started;
    this.#restUntil = spentMs < 4 ? 0 : started + spentMs / drawingShare;
  }

  #drawLater(restMs: number): void {
    if (this.#waiting) return;
    this.#waiting = true;
    setTimeout(() => {
      this.#waiting = false;
      this.#redraw();
    }, restMs);
  }

  recolour(): void {
    for (const chart of this.#charts) chart.recolour();
  }

  #stretch(mark: number | undefined): [number, number] {
    const { length } = this.#store;
    if (this.#span.value === "all") return [0, Math.max(length, 100)];
    const size = Number(this.#span.value);
    const end = Math.max(length, size);
    if (mark === undefined || mark >= end - size) return [end - size, end];
    const from = Math.max(0, Math.round(mark - size / 2));
    return [from, from + size];
  }
}
