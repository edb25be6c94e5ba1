import { byId, make, setText } from "../page.js";
import type { Reply } from "../protocol.js";

/** Bytes of the stream that a completion may go on from. */
const contextBytes = 1024;
const limit = 64;
const restMs = 120;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export interface CompleteHost {
  /** A model is there to ask. */
  ready(): boolean;
  /** Bytes of the stream read so far. */
  context(): Uint8Array;
  ask(id: number, prompt: Uint8Array, limit: number): void;
}

/** A text box that shows, in grey, how the model would go on. */
export class CompletePanel {
  #host: CompleteHost;
  #text = byId("complete-text", HTMLTextAreaElement);
  #ghost = byId("complete-ghost", HTMLDivElement);
  #note = byId("complete-note", HTMLParagraphElement);
  #withContext = byId("complete-context", HTMLInputElement);
  #hint: Node[];
  #spoken = byId("complete-spoken", HTMLParagraphElement);
  #suggestion = "";
  #id = 0;
  #timer = 0;

  constructor(host: CompleteHost) {
    this.#host = host;
    this.#hint = [...this.#note.childNodes];
    this.#text.addEventListener("input", () => this.#changed());
    this.#text.addEventListener("scroll", () => (this.#ghost.scrollTop = this.#text.scrollTop));
    this.#withContext.addEventListener("change", () => this.#changed());
    this.#text.addEventListener("keydown", (event) => {
      const { selectionStart, selectionEnd, value } = this.#text;
      const atEnd = selectionStart === value.length && selectionEnd === value.length;
      if (event.key === "ArrowRight" && atEnd && this.#suggestion) {
        event.preventDefault();
        this.#text.value += this.#suggestion;
        this.#changed();
      } else if (event.key === "Escape") this.#suggest("");
    });
  }

  /** The model or policy is another one now. */
  refresh(): void {
    if (this.#text.value) this.#changed();
  }

  show(reply: Reply & { type: "completion" }): void {
    if (reply.id !== this.#id) return;
    this.#suggest(decoder.decode(reply.text));
    const tiers = reply.tiers.map((steps, tier) => `tier ${tier}: ${steps}`).join(", ");
    const what = reply.text.length === 0 ? "The line ends here" : `${reply.text.length} bytes`;
    this.#note.replaceChildren(
      ...this.#hint,
      make("span", "", ` ${what}, ${reply.milliseconds.toFixed(0)} ms. ${tiers}.`),
    );
    setText(this.#spoken, this.#suggestion ? `Completion: ${this.#suggestion}` : "");
  }

  #changed(): void {
    this.#suggest("");
    this.#id++;
    clearTimeout(this.#timer);
    if (!this.#text.value) return;
    this.#timer = setTimeout(() => {
      if (this.#host.ready()) this.#host.ask(this.#id, this.#prompt(), limit);
    }, restMs);
  }

  /** The end of the stream up to its last line end, then what was typed. */
  #prompt(): Uint8Array {
    const typed = encoder.encode(this.#text.value);
    const read = this.#withContext.checked ? this.#host.context() : new Uint8Array();
    const context = read.subarray(Math.max(0, read.length - contextBytes), read.lastIndexOf(0x0a) + 1);
    const prompt = new Uint8Array(context.length + typed.length);
    prompt.set(context);
    prompt.set(typed, context.length);
    return prompt;
  }

  #suggest(suggestion: string): void {
    this.#suggestion = suggestion;
    this.#ghost.replaceChildren(make("span", "typed", this.#text.value), make("span", "suggestion", suggestion));
    this.#ghost.scrollTop = this.#text.scrollTop;
  }
}
