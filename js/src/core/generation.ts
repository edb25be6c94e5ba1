import type { GenerateOptions, GeneratedToken } from "../types.js";

/** Appends bytes to the stream; runs when asked, never ahead. */
export interface Draws {
  bytes(count: number): Promise<Uint8Array>;
  tokens(count: number): Promise<GeneratedToken[]>;
}

const defaultBytes = 256;

/** The tokens of a generation one by one, drawn `batch` at a time. Ends with the signal's reason. */
export async function* tokenStream(
  start: () => Draws | Promise<Draws>,
  { n = defaultBytes, signal }: GenerateOptions,
  batch: number,
): AsyncGenerator<GeneratedToken, void, undefined> {
  signal?.throwIfAborted();
  const draws = await start();
  for (let left = n; left > 0; left -= batch) {
    for (const token of await draws.tokens(Math.min(left, batch))) {
      signal?.throwIfAborted();
      yield token;
    }
  }
}

/**
 * Text that is being generated: `for await` gives it in pieces of whole characters, `await` gives all of it. It
 * starts when it is first asked for, and one of the two ways can be taken, once.
 */
export class Generation implements AsyncIterable<string>, PromiseLike<string> {
  readonly #start: () => Draws | Promise<Draws>;
  readonly #n: number;
  readonly #batch: number;
  readonly #signal: AbortSignal | undefined;
  #text: Promise<string> | undefined;

  /** @internal */
  constructor(start: () => Draws | Promise<Draws>, options: GenerateOptions, batch: number) {
    this.#start = start;
    this.#n = options.n ?? defaultBytes;
    this.#batch = batch;
    this.#signal = options.signal;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string, void, undefined> {
    this.#signal?.throwIfAborted();
    const decoder = new TextDecoder();
    const draws = await this.#start();
    for (let left = this.#n; left > 0;) {
      this.#signal?.throwIfAborted();
      const bytes = await draws.bytes(Math.min(left, this.#batch));
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
