import { bytes as sizeOf } from "../format.js";
import { byId, setText } from "../page.js";

/** More would make the view of the stream taller than browsers can lay out. */
const maxBytes = 512 * 1024;

export interface OwnTextHost {
  /** There is another text to read; `grown`: the old one with more at its end. */
  onText(bytes: Uint8Array, grown: boolean): void;
  /** The user dropped or opened a file: show the panel. */
  onArrival(): void;
  onRefusal(title: string, advice: string): void;
}

/** The text that the user types, pastes, opens or drops. */
export class OwnText {
  #panel = byId("own", HTMLElement);
  #text = byId("own-text", HTMLTextAreaElement);
  #note = byId("own-note", HTMLSpanElement);
  #host: OwnTextHost;
  #bytes: Uint8Array = new Uint8Array();

  constructor(host: OwnTextHost) {
    this.#host = host;
    this.#text.addEventListener("input", () => this.#take(new TextEncoder().encode(this.#text.value)));
    const file = byId("own-file", HTMLInputElement);
    file.addEventListener("change", () => void this.#open(file.files?.[0]));
    document.addEventListener("dragover", (event) => {
      event.preventDefault();
      document.body.classList.add("dropping");
    });
    document.addEventListener("dragleave", (event) => {
      if (event.relatedTarget === null) document.body.classList.remove("dropping");
    });
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      document.body.classList.remove("dropping");
      void this.#open(event.dataTransfer?.files[0]);
    });
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  set shown(shown: boolean) {
    this.#panel.hidden = !shown;
  }

  focus(): void {
    this.#text.focus();
  }

  async #open(file: File | undefined): Promise<void> {
    if (!file) return;
    if (file.size === 0) return this.#host.onRefusal("This file is empty.", `${file.name} has no bytes to read.`);
    if (file.size > maxBytes) {
      return this.#host.onRefusal(
        "This file is too long.",
        `${sizeOf(file.size)}; up to ${sizeOf(maxBytes)} are taken.`,
      );
    }
    const bytes = new Uint8Array(await file.arrayBuffer());
    this.#text.value = new TextDecoder().decode(bytes);
    this.#host.onArrival();
    this.#take(bytes);
    setText(this.#note, `${file.name}, ${sizeOf(bytes.length)}. Nothing leaves this page.`);
  }

  #take(bytes: Uint8Array): void {
    if (bytes.length > maxBytes) {
      this.#host.onRefusal("This text is too long.", `The first ${sizeOf(maxBytes)} are read.`);
      bytes = bytes.slice(0, maxBytes);
    }
    const grown = this.#bytes.length > 0 && bytes.length > this.#bytes.length && startsWith(bytes, this.#bytes);
    this.#bytes = bytes;
    setText(this.#note, `${sizeOf(bytes.length)} of at most ${sizeOf(maxBytes)}. Nothing leaves this page.`);
    this.#host.onText(bytes, grown);
  }
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  for (let i = 0; i < start.length; i++) if (bytes[i] !== start[i]) return false;
  return true;
}
