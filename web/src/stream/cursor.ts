import type { StreamView } from "./view.js";

/** What the cursor asks the page to do. */
export interface CursorActions {
  /** Another byte is looked at, or none; `pinned` where it was chosen by click or key rather than pointed at. */
  onInspect(byte: number | undefined, pinned: boolean): void;
  onToggle(): void;
  onStep(): void;
  onFollow(): void;
}

/** Pointer and keyboard over the stream: which byte is looked at. */
export class Cursor {
  #view: StreamView;
  #actions: CursorActions;
  #pinned: number | undefined;
  #hovered: number | undefined;
  /** Bytes that have a witness. */
  #read = 0;

  constructor(view: StreamView, actions: CursorActions) {
    this.#view = view;
    this.#actions = actions;
    const area = view.scroller;
    area.addEventListener("pointermove", (event) => this.#hover(view.byteAt(event.clientX, event.clientY)));
    area.addEventListener("pointerleave", () => this.#hover(undefined));
    area.addEventListener("click", (event) => {
      const byte = view.byteAt(event.clientX, event.clientY);
      if (byte !== undefined && byte < this.#read) this.pin(byte);
    });
    area.addEventListener("keydown", (event) => {
      if (!event.ctrlKey && !event.metaKey && !event.altKey && this.#key(event.key)) event.preventDefault();
      else if (event.ctrlKey && (event.key === "Home" || event.key === "End")) {
        this.pin(event.key === "Home" ? 0 : this.#read - 1);
        event.preventDefault();
      }
    });
  }

  /** The byte looked at, pointed at or pinned. */
  get inspected(): number | undefined {
    return this.#hovered ?? this.#pinned;
  }

  set read(count: number) {
    this.#read = count;
    if (this.#pinned !== undefined && this.#pinned >= count) this.#pinned = undefined;
    if (this.#hovered !== undefined && this.#hovered >= count) this.#hovered = undefined;
  }

  pin(byte: number | undefined): void {
    this.#pinned = byte === undefined || this.#read === 0 ? undefined : Math.max(0, Math.min(this.#read - 1, byte));
    this.#hovered = undefined;
    this.#actions.onInspect(this.#pinned, true);
  }

  #hover(byte: number | undefined): void {
    const seen = byte !== undefined && byte < this.#read ? byte : undefined;
    if (seen === this.#hovered) return;
    this.#hovered = seen;
    this.#actions.onInspect(this.inspected, false);
  }

  /** True where the key meant something. */
  #key(key: string): boolean {
    const { rows, pageRows } = this.#view;
    const at = this.#pinned ?? this.#read - 1;
    switch (key) {
      case " ":
        this.#actions.onToggle();
        return true;
      case ".":
        this.#actions.onStep();
        return true;
      case "Escape":
        this.pin(undefined);
        this.#actions.onFollow();
        return true;
    }
    if (this.#read === 0) return false;
    const row = rows.rowOf(at);
    const targets: Record<string, () => number> = {
      ArrowLeft: () => at - 1,
      ArrowRight: () => at + 1,
      ArrowUp: () => this.#inRow(row - 1, at),
      ArrowDown: () => this.#inRow(row + 1, at),
      PageUp: () => this.#inRow(row - pageRows, at),
      PageDown: () => this.#inRow(row + pageRows, at),
      Home: () => rows.start(row),
      End: () => rows.end(row) - 1,
    };
    const target = targets[key];
    if (!target) return false;
    this.pin(target());
    return true;
  }

  /** The byte of another row in the same column, or that row's last. */
  #inRow(row: number, from: number): number {
    const { rows } = this.#view;
    const target = Math.max(0, Math.min(rows.count - 1, row));
    const column = from - rows.start(rows.rowOf(from));
    return Math.min(rows.start(target) + column, rows.end(target) - 1);
  }
}
