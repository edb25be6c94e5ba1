import { byId } from "../page.js";
import { Cursor } from "./cursor.js";
import type { StreamView } from "./view.js";

export interface AttentionActions {
  onToggle(): void;
  onStep(): void;
  /** Another byte is looked at; `chosen` by click or key rather than pointed at. */
  onChange(byte: number | undefined, chosen: boolean): void;
}

/** Which byte the user looks at, in the stream or in a chart, and whether the view follows the reading. */
export class Attention {
  #view: StreamView;
  #cursor: Cursor;
  #chartByte: number | undefined;
  #button = byId("follow", HTMLButtonElement);
  #actions: AttentionActions;

  constructor(view: StreamView, actions: AttentionActions) {
    this.#view = view;
    this.#actions = actions;
    this.#cursor = new Cursor(view, {
      onInspect: (byte, pinned) => {
        if (pinned && byte !== undefined) {
          this.follow(false);
          view.scrollTo(byte);
        }
        actions.onChange(byte, pinned && byte !== undefined);
      },
      onToggle: () => actions.onToggle(),
      onStep: () => actions.onStep(),
      onFollow: () => this.follow(true),
    });
    this.#button.addEventListener("click", () => this.follow(!view.following));
    for (const moved of ["wheel", "touchmove"]) {
      view.scroller.addEventListener(moved, () => this.follow(false), { passive: true });
    }
  }

  /** Bytes that have a witness, and so can be looked at. */
  set read(count: number) {
    this.#cursor.read = count;
  }

  /** The byte looked at. */
  get byte(): number | undefined {
    return this.#chartByte ?? this.#cursor.inspected;
  }

  /** The charts stay where the byte is, rather than move with the reading or the pointer over them. */
  get holds(): boolean {
    return this.#chartByte === undefined && !this.#view.following;
  }

  /** The pointer is over a chart. */
  pointAt(byte: number | undefined, chosen: boolean): void {
    this.#chartByte = byte;
    if (chosen) this.#cursor.pin(byte);
    else this.#actions.onChange(this.byte, false);
  }

  follow(follow: boolean): void {
    if (follow === this.#view.following) return;
    this.#view.following = follow;
    this.#button.setAttribute("aria-pressed", String(follow));
    if (follow) this.#cursor.pin(undefined);
    this.#actions.onChange(this.byte, false);
  }
}
