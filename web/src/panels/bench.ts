import { byId, setText } from "../page.js";
import type { BenchResult } from "../protocol.js";

/** The benchmark's button, progress and result. The JSON carries `data-state="done"` when it is there to be read. */
export class BenchPanel {
  #run = byId("bench-run", HTMLButtonElement);
  #bar = byId("bench-bar", HTMLProgressElement);
  #note = byId("bench-note", HTMLParagraphElement);
  #json = byId("bench-json", HTMLPreElement);
  #steps = byId("bench-steps", HTMLInputElement);

  constructor(onRun: (steps: number) => void) {
    this.#run.addEventListener("click", () => {
      if (!this.#steps.reportValidity()) return;
      this.#run.disabled = true;
      this.#bar.hidden = false;
      this.#bar.value = 0;
      this.#json.dataset["state"] = "running";
      onRun(this.#steps.valueAsNumber);
    });
  }

  set ready(ready: boolean) {
    this.#run.disabled = !ready;
  }

  /** Starts it from outside. */
  start(steps: number): void {
    this.#steps.valueAsNumber = steps;
    this.#run.click();
  }

  progress(done: number, steps: number): void {
    this.#bar.value = done / steps;
  }

  show(result: BenchResult, stream: string): void {
    this.stop();
    const { gated, dense, speedup } = result;
    const rate = (run: { p50_us: number; p99_us: number }) => `${run.p50_us} µs (99 %: ${run.p99_us} µs)`;
    setText(
      this.#note,
      `${result.arch}: ${speedup.toFixed(2)}× as fast as dense. A step takes ${rate(gated)} gated, ${rate(dense)} dense, ` +
        `medians of slices.`,
    );
    this.#json.textContent = JSON.stringify({ stream, ...result, user_agent: navigator.userAgent }, null, 2);
    this.#json.hidden = false;
    this.#json.dataset["state"] = "done";
  }

  stop(): void {
    this.#run.disabled = false;
    this.#bar.hidden = true;
    delete this.#json.dataset["state"];
  }
}
