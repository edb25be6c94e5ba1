import { byId, make, setText } from "../page.js";
import { summary, witnessGroups } from "./rows.js";
import type { WitnessStore } from "./store.js";

/** The witness of one step, field by field, each with its meaning. */
export class WitnessPanel {
  layers = 0;
  #store: WitnessStore;
  #which = byId("witness-which", HTMLSpanElement);
  #summary = byId("witness-summary", HTMLParagraphElement);
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

  /** Shows a step that the store has, or that there is none. `live`: it is simply the latest. */
  show(step: number | undefined, live: boolean): void {
    if (step === undefined) {
      setText(this.#which, "");
      setText(this.#summary, "No step yet.");
      for (const { element } of this.#values) setText(element, "–");
      return;
    }
    setText(this.#which, live ? "of the latest byte" : `of byte ${step}`);
    setText(this.#summary, this.summary(step));
    for (const { element, show } of this.#values) setText(element, show(step));
  }

  summary(step: number): string {
    return summary(this.#store, step, this.layers);
  }
}
