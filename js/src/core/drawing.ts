import type { GeneratedToken, TokenLogprob } from "../types.js";
import { Breather } from "./breather.js";
import type { Runtime } from "./runtime.js";

/** A generation under way on this thread, with pauses for the event loop. */
export class Drawing {
  readonly #draw: () => number;
  readonly #read: () => GeneratedToken;
  readonly #breather = new Breather();

  /** `draw` appends a byte to the stream and returns it, `read` tells its logprobs. */
  constructor(draw: () => number, read: () => GeneratedToken) {
    this.#draw = draw;
    this.#read = read;
  }

  next(): number {
    return this.#draw();
  }

  /** The byte last drawn, with its alternatives. */
  read(): GeneratedToken {
    return this.#read();
  }

  async bytes(count: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(count);
    for (let i = 0; i < count; i++) {
      if (this.#breather.due) await this.#breather.breathe();
      bytes[i] = this.#draw();
    }
    return bytes;
  }

  async tokens(count: number): Promise<GeneratedToken[]> {
    const tokens: GeneratedToken[] = [];
    for (let i = 0; i < count; i++) {
      if (this.#breather.due) await this.#breather.breathe();
      this.#draw();
      tokens.push(this.#read());
    }
    return tokens;
  }
}

/** Reads a draw record (wasm/session_object.hpp) from the heap. */
export function readDraw({ view }: Runtime, at: number): GeneratedToken {
  const entry = (address: number): TokenLogprob => ({
    token: view.getUint32(address, true),
    logprob: view.getFloat32(address + 4, true),
  });
  const top = Array.from({ length: view.getUint32(at + 8, true) }, (_, i) => entry(at + 12 + 8 * i));
  return { ...entry(at), top };
}
