import type { Catalog } from "../catalog.js";
import { byId, make, setText } from "../page.js";
import type { Policy, Rate } from "../protocol.js";
import type { Settings } from "../settings.js";
import { keepFocusClearOf } from "./sticky-bar.js";

/** The entry of the stream selector that is not a file. */
export const ownText = "own";

const policies: readonly { id: Policy; note: string }[] = [
  { id: "default", note: "Skips and early exits at a stated risk of 2 % loss." },
  {
    id: "conservative",
    note: "Skips where the memory is 98 % certain; every other answer has the bits of the dense run.",
  },
  { id: "permissive", note: "Skips and early exits at a stated risk of 5 % loss." },
  { id: "exact", note: "Lossless shortcuts only: the same bits as the dense run." },
  { id: "dense", note: "Every layer at every byte: the reference." },
];

export interface ControlActions {
  onStream(): void;
  onModel(): void;
  /** Policy or dense run: the stream starts again. */
  onRestart(): void;
  onPolicy(): void;
  onToggle(): void;
  onStep(): void;
  onRate(): void;
}

/** The bar of selectors and buttons above the page. */
export class Controls {
  readonly source = byId("source", HTMLSelectElement);
  /** What the settings ask for and the selectors do not have: a sentence each. */
  readonly notes: readonly string[];
  readonly #model = byId("model", HTMLSelectElement);
  readonly #policy = byId("policy", HTMLSelectElement);
  readonly #speed = byId("speed", HTMLSelectElement);
  readonly #dense = byId("dense", HTMLInputElement);
  readonly #play = byId("play", HTMLButtonElement);
  readonly #step = byId("step", HTMLButtonElement);
  readonly #restart = byId("restart", HTMLButtonElement);

  constructor(catalog: Catalog, settings: Settings, actions: ControlActions) {
    for (const { id, label } of catalog.streams) this.source.append(option(id, label));
    this.source.append(option(ownText, "your own text"));
    for (const { id, label } of catalog.models) this.#model.append(option(id, label));
    for (const { id } of policies) this.#policy.append(option(id, id));
    this.notes = [
      ...choose(this.source, "stream", settings.stream),
      ...choose(this.#model, "model", settings.model),
      ...choose(this.#policy, "policy", settings.policy),
      ...choose(this.#speed, "speed", settings.speed),
    ];
    this.#dense.checked = settings.dense;
    this.#explain();

    const bar = byId("controls", HTMLFormElement);
    bar.addEventListener("submit", (event) => event.preventDefault());
    keepFocusClearOf(bar);
    this.source.addEventListener("change", actions.onStream);
    this.#model.addEventListener("change", actions.onModel);
    this.#speed.addEventListener("change", actions.onRate);
    this.#dense.addEventListener("change", actions.onRestart);
    this.#policy.addEventListener("change", () => {
      this.#explain();
      actions.onPolicy();
    });
    this.#play.addEventListener("click", actions.onToggle);
    this.#step.addEventListener("click", actions.onStep);
    this.#restart.addEventListener("click", actions.onRestart);
  }

  get model(): string {
    return this.#model.value;
  }
  get policy(): Policy {
    return this.#policy.value as Policy;
  }
  get dense(): boolean {
    return this.#dense.checked;
  }
  get rate(): Rate {
    return this.#speed.value === "full" ? Infinity : Number(this.#speed.value);
  }

  /** `ready`: a model is loaded. `drained`: nothing is left to read; `waits`: but there may be more later. */
  show(state: { ready: boolean; running: boolean; drained: boolean; waits: boolean; empty: boolean }): void {
    const over = state.drained && !state.waits && !state.empty;
    setText(this.#play, state.running ? "Pause" : over ? "Run again" : "Run");
    this.#play.disabled = !state.ready || state.empty;
    this.#step.disabled = !state.ready || state.running || state.drained || state.empty;
    this.#restart.disabled = !state.ready;
  }

  #explain(): void {
    setText(byId("policy-note", HTMLParagraphElement), policies.find(({ id }) => id === this.policy)?.note ?? "");
  }
}

function option(value: string, label: string): HTMLOptionElement {
  const element = make("option", "", label);
  element.value = value;
  return element;
}

/** Chooses a value; where the selector does not have it, the result says so. */
function choose(select: HTMLSelectElement, name: string, value: string | undefined): string[] {
  if (value === undefined) return [];
  if ([...select.options].some((entry) => entry.value === value)) {
    select.value = value;
    return [];
  }
  return [`${name}=${value} is not among the choices: ${select.value} is chosen.`];
}
