import { make } from "../page.js";
import type { WitnessStore } from "../witness/store.js";
import { cellAt } from "./cells.js";

/** How one byte looks: its tier or that it is not read yet, whether the dense run disagreed, whether it is no visible character. */
function lookOf(store: WitnessStore, bytes: Uint8Array, at: number): string {
  const byte = bytes[at] as number;
  const faint = byte < 32 || byte === 127 ? " faint" : "";
  if (at >= store.length) return `t-none${faint}`;
  const differs = store.get(at, "agrees") === 0 ? " differs" : "";
  return `t${store.get(at, "tier")}${differs}${faint}`;
}

/** Fills `row` with the bytes [start, end), as few spans as their looks allow. */
export function renderRow(row: HTMLElement, bytes: Uint8Array, start: number, end: number, store: WitnessStore): void {
  const spans: HTMLElement[] = [];
  let look = "";
  let text = "";
  const flush = () => {
    if (text) spans.push(make("span", look, text));
    text = "";
  };
  for (let at = start; at < end;) {
    const cell = cellAt(bytes, at, end);
    if (cell.columns > 1) {
      flush();
      spans.push(wideCell(cell.text, bytes, at, cell.columns, store));
    } else {
      const next = lookOf(store, bytes, at);
      if (next !== look) flush();
      look = next;
      text += cell.text;
    }
    at += cell.columns;
  }
  flush();
  row.replaceChildren(...spans);
}

/** A character of several bytes: one column of tint per byte behind it. */
function wideCell(text: string, bytes: Uint8Array, at: number, columns: number, store: WitnessStore): HTMLElement {
  const span = make("span", `wide wide${columns} ${lookOf(store, bytes, at)}`, text);
  const stops = Array.from({ length: columns }, (_, i) => {
    const tier = at + i < store.length ? store.get(at + i, "tier") : "none";
    return `var(--tint-${tier}) ${(100 * i) / columns}% ${(100 * (i + 1)) / columns}%`;
  });
  span.style.backgroundImage = `linear-gradient(to right, ${stops.join(", ")})`;
  return span;
}
