import { make } from "../page.js";
import type { WitnessStore } from "../witness/store.js";
import { renderRow } from "./row-view.js";
import { Rows } from "./rows.js";

/** Where the byte being read stands while following, as a part of the view's height. */
const headPlace = 0.7;
const spareRows = 4;

interface ShownRow {
  element: HTMLElement;
  /** Bytes of the row that had been read when it was drawn. */
  read: number;
  end: number;
}

/** The stream as tinted text. Only the rows in sight exist in the document. */
export class StreamView {
  readonly scroller: HTMLElement;
  readonly rows = new Rows(80);
  following = true;
  #sheet: HTMLElement;
  #store: WitnessStore;
  #bytes: Uint8Array = new Uint8Array();
  #shown = new Map<number, ShownRow>();
  #head = make("div", "mark head-mark");
  #cursor = make("div", "mark cursor-mark");
  #cursorAt: number | undefined;
  #cell = { width: 8, height: 20 };

  constructor(scroller: HTMLElement, sheet: HTMLElement, store: WitnessStore) {
    this.scroller = scroller;
    this.#sheet = sheet;
    this.#store = store;
    sheet.append(this.#head, this.#cursor);
  }

  /** Shows another text, or the same one longer. */
  setBytes(bytes: Uint8Array, grown: boolean): void {
    this.#bytes = bytes;
    if (grown) this.rows.append(bytes);
    else this.#layOut(this.rows.columns);
  }

  /** Measures the font and the width; lays the rows out again where the width has changed. */
  resize(): void {
    const probe = make("span", "probe", "0".repeat(100));
    this.#sheet.append(probe);
    const box = probe.getBoundingClientRect();
    probe.remove();
    if (box.width === 0) return;
    this.#cell = { width: box.width / 100, height: box.height };
    const inner = this.#sheet.clientWidth;
    const columns = Math.max(16, Math.min(160, Math.floor(inner / this.#cell.width)));
    if (columns !== this.rows.columns) this.#layOut(columns);
  }

  set cursor(byte: number | undefined) {
    this.#cursorAt = byte;
  }

  /** Rows that fit into the view. */
  get pageRows(): number {
    return Math.max(1, Math.floor(this.scroller.clientHeight / this.#cell.height) - 1);
  }

  /** The byte under a point of the window, if there is one. */
  byteAt(clientX: number, clientY: number): number | undefined {
    const box = this.#sheet.getBoundingClientRect();
    const row = Math.floor((clientY - box.top) / this.#cell.height);
    const column = Math.floor((clientX - box.left) / this.#cell.width);
    if (row < 0 || row >= this.rows.count || column < 0) return undefined;
    const byte = this.rows.start(row) + column;
    return byte < this.rows.end(row) ? byte : undefined;
  }

  scrollTo(byte: number): void {
    const top = this.rows.rowOf(byte) * this.#cell.height;
    const { scrollTop, clientHeight } = this.scroller;
    if (top < scrollTop) this.scroller.scrollTop = top;
    else if (top + this.#cell.height > scrollTop + clientHeight) {
      this.scroller.scrollTop = top + this.#cell.height - clientHeight;
    }
  }

  /** Brings the document up to date; call it once per frame. */
  draw(): void {
    const { height } = this.#cell;
    this.#sheet.style.height = `${this.rows.count * height}px`;
    const head = Math.min(this.#store.length, this.#bytes.length);
    if (this.following && this.rows.count > 0) {
      const top = this.rows.rowOf(head) * height - this.scroller.clientHeight * headPlace;
      this.scroller.scrollTop = Math.max(0, Math.round(top / height) * height);
    }
    const first = Math.max(0, Math.floor(this.scroller.scrollTop / height) - spareRows);
    const last = Math.min(
      this.rows.count - 1,
      Math.ceil((this.scroller.scrollTop + this.scroller.clientHeight) / height) + spareRows,
    );
    for (const [row, shown] of this.#shown) {
      if (row >= first && row <= last) continue;
      shown.element.remove();
      this.#shown.delete(row);
    }
    for (let row = first; row <= last; row++) this.#drawRow(row);
    this.#place(this.#head, head < this.#bytes.length ? head : undefined);
    this.#place(this.#cursor, this.#cursorAt);
  }

  #drawRow(row: number): void {
    const start = this.rows.start(row);
    const end = this.rows.end(row);
    const read = Math.min(Math.max(this.#store.length - start, 0), end - start);
    let shown = this.#shown.get(row);
    if (shown && shown.read === read && shown.end === end) return;
    if (!shown) {
      shown = { element: make("div", "row"), read, end };
      shown.element.style.transform = `translateY(${row * this.#cell.height}px)`;
      this.#sheet.append(shown.element);
      this.#shown.set(row, shown);
    }
    shown.read = read;
    shown.end = end;
    renderRow(shown.element, this.#bytes, start, end, this.#store);
  }

  #place(mark: HTMLElement, byte: number | undefined): void {
    mark.hidden = byte === undefined || byte >= this.#bytes.length;
    if (mark.hidden || byte === undefined) return;
    const row = this.rows.rowOf(byte);
    const x = (byte - this.rows.start(row)) * this.#cell.width;
    mark.style.transform = `translate(${x}px, ${row * this.#cell.height}px)`;
  }

  #layOut(columns: number): void {
    this.rows.reset(columns, this.#bytes);
    for (const { element } of this.#shown.values()) element.remove();
    this.#shown.clear();
  }
}
