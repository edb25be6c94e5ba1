import { type Catalog, loadStream } from "./catalog.js";
import { bytes, short } from "./format.js";
import { byId, setText } from "./page.js";
import type { Alert } from "./panels/alert.js";
import type { Failure, ModelInfo } from "./protocol.js";

/** What is on its way: the model with its progress, the sample streams. */
export class Loader {
  #catalog: Catalog;
  #alert: Alert;
  #box = byId("loading", HTMLDivElement);
  #bar = byId("loading-bar", HTMLProgressElement);
  #text = byId("loading-text", HTMLParagraphElement);
  #title = "";
  #opening = 0;
  #streams = new Map<string, Uint8Array>();

  constructor(catalog: Catalog, alert: Alert) {
    this.#catalog = catalog;
    this.#alert = alert;
  }

  /** The number of the last model asked for; answers about another one come too late. */
  get opening(): number {
    return this.#opening;
  }

  /** Another model is on its way. */
  begin(title: string): void {
    this.#opening++;
    this.#alert.settle("model");
    this.#title = title;
    this.#bar.removeAttribute("value");
    this.#box.hidden = false;
    setText(this.#text, title);
  }

  progress(loaded: number, total: number | undefined): void {
    if (total) this.#bar.value = loaded / total;
    setText(this.#text, `${this.#title}: ${bytes(loaded)}${total ? ` of ${bytes(total)}` : ""}`);
  }

  end(): void {
    this.#box.hidden = true;
  }

  /** One line about the model and the build that runs it. */
  describe(info: ModelInfo): void {
    const engine = byId("engine", HTMLParagraphElement);
    engine.dataset["arch"] = info.arch;
    engine.title = `${info.arch}: ${info.buildReason}`;
    const simd = info.arch === "wasm-relaxed" ? "relaxed SIMD" : "SIMD";
    setText(
      engine,
      `${info.layers} layers × ${info.hidden}, ${short(info.parameters)} weights, ${simd}, ` +
        `loaded in ${info.loadMs.toFixed(0)} ms`,
    );
  }

  /** A sample stream; undefined where it could not be read, which the page then says, or is no longer wanted. */
  async stream(id: string, signal: AbortSignal, retry: () => void): Promise<Uint8Array | undefined> {
    const entry = this.#catalog.streams.find((one) => one.id === id);
    const kept = this.#streams.get(id);
    if (kept || !entry) return kept;
    try {
      const loaded = await loadStream(entry, signal);
      this.#streams.set(id, loaded);
      return loaded;
    } catch (error) {
      if (!signal.aborted) this.#alert.show("stream", error as Failure, retry);
      return undefined;
    }
  }
}
