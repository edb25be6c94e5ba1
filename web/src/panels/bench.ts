import { count } from "../format.js";
import { byId, setText } from "../page.js";
import type { BenchResult } from "../protocol.js";
import { benchSteps } from "../settings.js";

/** The benchmark's button, progress and result. The JSON carries `data-state="done"` when it is there to be read. */
export class BenchPanel {
  #run = byId("bench-run", HTMLButtonElement);
  #bar = byId("bench-bar", HTMLProgressElement);
  #note = byId("bench-note", HTMLParagraphElement);
  #json = byId("bench-json", HTMLPreElement);
  #steps = byId("bench-steps", HTMLInputElement);
  #onRun: (steps: number) => void;
  #ready = false;
  #measuring = false;

  constructor(onRun: (steps: number) => void) {
    this.#onRun = onRun;
    this.#steps.min = String(benchSteps.least);
    this.#steps.max = String(benchSteps.most);
    this.#steps.valueAsNumber = benchSteps.usual;
    this.#run.addEventListener("click", () => {
      if (this.#steps.reportValidity()) this.start(this.#steps.valueAsNumber);
    });
  }

  /** A model is there to be measured. */
  set ready(ready: boolean) {
    this.#ready = ready;
    this.#show();
  }

  start(steps: number): void {
    this.#steps.valueAsNumber = steps;
    this.#measuring = true;
    this.#bar.value = 0;
    this.#json.dataset["state"] = "running";
    this.#show();
    this.#onRun(steps);
  }

  progress(done: number, steps: number): void {
    this.#bar.value = done / steps;
  }

  show(result: BenchResult): void {
    this.stop();
    setText(this.#note, inWords(result));
    this.#json.textContent = JSON.stringify({ ...result, user_agent: navigator.userAgent }, null, 2);
    this.#json.hidden = false;
    this.#json.dataset["state"] = "done";
  }

  /** The measurement is over; `why`: without a result, and what the user is told about that. */
  stop(why?: string): void {
    if (why !== undefined && this.#measuring) setText(this.#note, why);
    this.#measuring = false;
    delete this.#json.dataset["state"];
    this.#show();
  }

  #show(): void {
    this.#run.disabled = !this.#ready || this.#measuring;
    this.#bar.hidden = !this.#measuring;
  }
}

function inWords(result: BenchResult): string {
  const { model, policy, arch, stream, stream_bytes, steps, steps_asked, gated, dense, speedup } = result;
  const rate = (run: { p50_us: number; p99_us: number }) => `${run.p50_us} µs (99 %: ${run.p99_us} µs)`;
  const read =
    steps < steps_asked
      ? `All ${count(stream_bytes)} bytes were read once, fewer than the ${count(steps_asked)} asked for.`
      : `The first ${count(steps)} of ${count(stream_bytes)} bytes were read once.`;
  return (
    `${model} (${policy}, ${arch}) on ${stream}: ${speedup.toFixed(2)}× as fast as dense. ` +
    `A step takes ${rate(gated)} gated, ${rate(dense)} dense, medians of slices. ${read}`
  );
}
