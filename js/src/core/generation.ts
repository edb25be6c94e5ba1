import type { GenerateOptions } from "../types.js";
import { Breather } from "./breather.js";

/** Appends up to `count` bytes to the stream; runs when asked, never ahead. */
export type DrawBytes = (count: number) => Uint8Array | Promise<Uint8Array>;

/** Draws byte by byte, with pauses for the event loop. */
export function drawInPieces(next: () => number): DrawBytes {
  const breather = new Breather();
  return async (count) => {
    const bytes = new Uint8Array(count);
    for (let i = 0; i < count; i++) {
      if (breather.due) await breather.breathe();
      bytes[i] = next();
    }
    return bytes;
  };
}

/**
 * Text that is being generated: `for await` gives it in pieces of whole characters, `await` gives all of it. It
 * starts when it is first asked for, and one of the two ways can be taken, once.
 */
export class Generation implements AsyncIterable<string>, PromiseLike<string> {
  readonly #start: () => DrawBytes | Promise<DrawBytes>;
  readonly #n: number;
  readonly #batch: number;
  readonly #signal: AbortSignal | undefined;
  #text: Promise<string> | undefined;

  /** @internal */
  constructor(start: () => DrawBytes | Promise<DrawBytes>, options: GenerateOptions, batch: number) {
    this.#start = start;
    this.#n = options.n ?? 256;
    this.#batch = batch;
    this.#signal = options.signal;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string, void, undefined> {
    this.#signal?.throwIfAborted();
    const decoder = new TextDecoder();
    const draw = await this.#start();
    for (let left = this.#n; left > 0;) {
      this.#signal?.throwIfAborted();
      const bytes = await draw(Math.min(left, this.#batch));
      left -= bytes.length;
      const piece = decoder.decode(bytes, { stream: true });
      if (piece) yield piece;
    }
    const rest = decoder.decode();
    if (rest) yield rest;
  }

  then<A = string, B = never>(
    onText?: ((text: string) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#text ??= this.#collect();
    return this.#text.then(onText, onError);
  }

  async #collect(): Promise<string> {
    let text = "";
    for await (const piece of this) text += piece;
    return text;
  }
}
