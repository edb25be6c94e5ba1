import { byId, setText } from "../page.js";
import type { Failure } from "../protocol.js";

interface Advice {
  title: string;
  advice: string;
}

/** What went wrong and what to do, by the error's class. */
const byClass: Record<string, Advice> = {
  ModelError: {
    title: "The model file cannot be used.",
    advice: "It may be damaged or of another kind. Choose another model, or build the page again.",
  },
  LoadError: {
    title: "A file could not be read.",
    advice: "Check that the server still runs and that the file is beside the page, then try again.",
  },
  WasmError: {
    title: "The engine does not start in this browser.",
    advice: "It needs WebAssembly with 128-bit SIMD: Chrome 91, Firefox 89, Safari 16.4 or newer.",
  },
  OutOfMemoryError: {
    title: "The memory of this page is used up.",
    advice: "Close other tabs or choose the micro model, then try again.",
  },
  OptionError: { title: "A setting is out of range.", advice: "Choose another policy or model." },
  InputError: { title: "This input cannot be read.", advice: "Nothing was changed. Choose another text." },
};

const unexpected: Advice = {
  title: "Something unexpected happened.",
  advice: "Reload the page. If it happens again, please report it with the line below.",
};

/** What a notice is about: when that is in order again, the notice has had its time. "page": it stays until dismissed. */
export type Topic = "model" | "stream" | "page";

export interface Notice extends Advice {
  topic: Topic;
  /** The exact message. */
  detail?: string;
  onRetry?: () => void;
}

/** The banner for errors: what, what to do, and the exact message. */
export class Alert {
  #box = byId("alert", HTMLDivElement);
  #retry = byId("alert-retry", HTMLButtonElement);
  #notice: Notice | undefined;

  constructor() {
    byId("alert-close", HTMLButtonElement).addEventListener("click", () => this.hide());
    this.#retry.addEventListener("click", () => {
      const onRetry = this.#notice?.onRetry;
      this.hide();
      onRetry?.();
    });
  }

  show(topic: Topic, failure: Failure, onRetry?: () => void): void {
    const detail = `${failure.name} (${failure.code}): ${failure.message}`;
    this.say({ topic, ...(byClass[failure.name] ?? unexpected), detail, ...(onRetry ? { onRetry } : {}) });
  }

  say(notice: Notice): void {
    this.#notice = notice;
    setText(byId("alert-title", HTMLElement), notice.title);
    setText(byId("alert-advice", HTMLParagraphElement), notice.advice);
    setText(byId("alert-detail", HTMLParagraphElement), notice.detail ?? "");
    this.#retry.hidden = !notice.onRetry;
    this.#box.hidden = false;
  }

  /** What the banner says about this topic no longer holds. */
  settle(topic: Topic): void {
    if (this.#notice?.topic === topic) this.hide();
  }

  hide(): void {
    this.#notice = undefined;
    this.#box.hidden = true;
  }
}
