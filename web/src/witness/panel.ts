import { byId, make, setText } from "../page.js";
import { summary, witnessGroups } from "./rows.js";
import type { WitnessStore } from "./store.js";

/** Milliseconds between two showings of the latest witness: faster than this nobody reads. */
const liveMs = 150;

/** The witness of one step, field by field, each with its meaning. */
export class WitnessPanel {
  layers = 0;
  #store: WitnessStore;
  #which = byId("witness-which", HTMLSpanElement);
  #summary = byId("witness-summary", HTMLParagraphElement);
  #shownAt = 0;
  #values: { element: HTMLElement; show(step: number): string }[] = [];

  constructor(store: WitnessStore) {
    this.#store = store;
    const root = byId("witness", HTMLDivElement);
    for (const group of witnessGroups) {
      const section = make("section");
      const list = make("dl");
      for (const { label, help, value } of group.rows) {
        const name = make("dt", "", label);
        const shown = make("dd", "value", "–");
        list.append(name, shown, make("dd", "help", help));
        this.#values.push({ element: shown, show: (step) => value(store, step) });
      }
      section.append(make("h3", "", group.title), list);
      root.append(section);
    }
  }

  /** Shows a step that the store has. */
  show(step: number): void {
    setText(this.#which, `of byte ${step}`);
    this.#fill(step);
    this.#shownAt = 0;
  }

  /** Shows the last step that the store has, or that there is none; `moving`: more are on their way. */
  showLatest(moving: boolean): void {
    const now = performance.now();
    if (moving && now - this.#shownAt < liveMs) return;
    this.#shownAt = now;
    const { length } = this.#store;
    setText(this.#which, length > 0 ? "of the latest byte" : "");
    if (length > 0) this.#fill(length - 1);
    else {
      setText(this.#summary, "No step yet.");
      for (const { element } of this.#values) setText(element, "–");
    }
  }

  #fill(step: number): void {
    setText(this.#summary, this.summary(step));
    for (const { element, show } of this.#values) setText(element, show(step));
  }

  summary(step: number): string {
    return summary(this.#store, step, this.layers);
  }
}
