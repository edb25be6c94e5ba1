import { InputError } from "../errors.js";
import type { GenerateOptions, GeneratedToken } from "../types.js";
import { Breather } from "./breather.js";
import { checkGenerateOptions } from "./options.js";
import { toBytes } from "./utf8-encoder.js";

/** Appends bytes to the stream; runs when asked, never ahead. */
export interface Draws {
  bytes(count: number): Promise<Uint8Array>;
  tokens(count: number): Promise<GeneratedToken[]>;
}

const defaultBytes = 256;
const promptPiece = 256;

/** Reads the prompt, where there is a signal in pieces between which it is heard. start: takes the first piece. */
export async function readPrompt<D>(
  prompt: string | Uint8Array,
  signal: AbortSignal | undefined,
  start: (first: Uint8Array) => D | Promise<D>,
  goOn: (piece: Uint8Array) => unknown,
): Promise<D> {
  let rest = toBytes(prompt);
  const size = signal ? promptPiece : rest.length;
  const draws = await start(rest.subarray(0, size));
  while ((rest = rest.subarray(size)).length > 0) {
    await new Breather().breathe();
    signal?.throwIfAborted();
    await goOn(rest.subarray(0, size));
  }
  return draws;
}

/** The tokens of a generation one by one, drawn `batch` at a time. Ends with the signal's reason. */
export async function* tokenStream(
  start: () => Draws | Promise<Draws>,
  options: GenerateOptions,
  batch: number,
): AsyncGenerator<GeneratedToken, void, undefined> {
  checkGenerateOptions(options);
  const { n = defaultBytes, signal } = options;
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
 * starts when it is first asked for, and one of the two ways can be taken, once: the other throws InputError.
 */
export class Generation implements AsyncIterable<string>, PromiseLike<string> {
  readonly #start: () => Draws | Promise<Draws>;
  readonly #options: GenerateOptions;
  readonly #batch: number;
  #taken = false;
  #text: Promise<string> | undefined;

  /** @internal */
  constructor(start: () => Draws | Promise<Draws>, options: GenerateOptions, batch: number) {
    this.#start = start;
    this.#options = options;
    this.#batch = batch;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string, void, undefined> {
    // A second time would prefill the prompt again, into a stream that has gone on.
    if (this.#taken) throw new InputError("bad_input", "the generation was taken before: await it or iterate, once");
    this.#taken = true;
    checkGenerateOptions(this.#options);
    const { n = defaultBytes, signal } = this.#options;
    signal?.throwIfAborted();
    const decoder = new TextDecoder();
    const draws = await this.#start();
    for (let left = n; left > 0;) {
      signal?.throwIfAborted();
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
