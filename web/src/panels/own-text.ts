import { bytes as sizeOf } from "../format.js";
import { byId, setText } from "../page.js";
import { onFileDrop } from "./file-drop.js";

/** More would make the view of the stream taller than browsers can lay out. */
const maxBytes = 512 * 1024;

const hereOnly = "Nothing leaves this page.";

export interface OwnTextHost {
  /** There is another text to read. */
  onText(bytes: Uint8Array): void;
  /** A file is being read; the signal aborts when the user has chosen something else meanwhile. */
  onOpening(): AbortSignal;
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
    const input = byId("own-file", HTMLInputElement);
    input.addEventListener("change", () => {
      const file = input.files?.[0];
      input.value = ""; // the same file, edited meanwhile, is a change again
      void this.#open(file);
    });
    onFileDrop((file) => void this.#open(file));
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
    const signal = this.#host.onOpening();
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      if (!signal.aborted) this.#takeFile(file.name, bytes);
    } catch (error) {
      if (!signal.aborted) this.#host.onRefusal("This file cannot be read.", `${file.name}: ${error}`);
    }
  }

  #takeFile(name: string, bytes: Uint8Array): void {
    this.#text.value = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    const exact = equal(new TextEncoder().encode(this.#text.value), bytes);
    this.#take(bytes);
    // The box holds text with line ends of one byte; an edit reads that in place of the file.
    const loss = exact
      ? ""
      : " The box cannot hold all of its bytes (CR, or not UTF-8): an edit changes those as well.";
    setText(this.#note, `${name}, ${sizeOf(bytes.length)}.${loss} ${hereOnly}`);
  }

  #take(bytes: Uint8Array): void {
    const taken = bytes.slice(0, maxBytes);
    this.#bytes = taken;
    setText(this.#note, `${sizeOf(taken.length)} of at most ${sizeOf(maxBytes)}. ${hereOnly}`);
    this.#host.onText(taken);
    if (taken.length < bytes.length) {
      this.#host.onRefusal("This text is too long.", `The first ${sizeOf(maxBytes)} are read.`);
    }
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
