import { InputError } from "../errors.js";
import type { StreamSource } from "../types.js";
import { shown } from "./shown.js";
import { checkToken } from "./tokens.js";
import { Utf8Encoder, bytesOf, toBytes } from "./utf8-encoder.js";

const sources = "text, bytes, a Blob, a ReadableStream, or an iterable of bytes or of chunks";

/**
 * The source's bytes, chunk by chunk; the next chunk is asked for when the last one is used up. Stops with the
 * signal's reason, and then closes the source. Throws InputError where it is none.
 */
export async function* byteChunks(source: StreamSource, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  signal?.throwIfAborted();
  const bytes = typeof source === "string" ? toBytes(source) : bytesOf(source);
  if (bytes) {
    yield bytes;
  } else if (isObject(source) && Symbol.iterator in source) {
    yield* pieces(source as Iterable<number>);
  } else {
    const encoder = new Utf8Encoder();
    const chunks = isBlob(source) ? source.stream() : source;
    if (!isChunked(chunks)) {
      throw new InputError("bad_input", `the source is ${shown(source)}, expected is ${sources}`);
    }
    for await (const chunk of readChunks(chunks, signal)) yield encoder.encode(chunk);
    yield encoder.finish();
  }
}

/** 256 at a time: there may be no end to them. */
function* pieces(tokens: Iterable<number>): Generator<Uint8Array> {
  let piece: number[] = [];
  for (const token of tokens) {
    if (piece.push(checkToken(token)) < 256) continue;
    yield Uint8Array.from(piece);
    piece = [];
  }
  yield Uint8Array.from(piece);
}

type Chunked<T> = AsyncIterable<T> | ReadableStream<T>;

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isBlob(value: unknown): value is Blob {
  return typeof Blob === "function" && value instanceof Blob;
}

function isChunked(value: unknown): value is Chunked<string | Uint8Array> {
  return isStream(value) || (isObject(value) && Symbol.asyncIterator in value);
}

/** Not asked by its class: a polyfill's has the same methods. */
export function isStream(value: unknown): value is ReadableStream<never> {
  return typeof (value as Partial<ReadableStream> | null | undefined)?.getReader === "function";
}

/** The chunks of a source. When the signal fires, the wait for the next one ends with its reason, the source closed. */
export function readChunks<T>(source: Chunked<T>, signal?: AbortSignal): AsyncGenerator<T> {
  return isStream(source) ? readStream(source, signal) : readIterable(source as AsyncIterable<T>, signal);
}

/** By a reader: some engines' streams are not iterable yet, and a pending read keeps an iterator from closing them. */
async function* readStream<T>(stream: ReadableStream<T>, signal: AbortSignal | undefined): AsyncGenerator<T> {
  const reader = stream.getReader();
  const close = () => reader.cancel(signal?.reason).catch(() => undefined);
  signal?.addEventListener("abort", close, { once: true });
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { done, value } = await reader.read();
      if (done) break;
      yield value;
    }
    signal?.throwIfAborted(); // closing ends the stream
  } finally {
    signal?.removeEventListener("abort", close);
    await close();
    reader.releaseLock();
  }
}

async function* readIterable<T>(source: AsyncIterable<T>, signal: AbortSignal | undefined): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  let waits = false;
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal?.reason);
  });
  aborted.catch(() => undefined);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    for (;;) {
      signal?.throwIfAborted();
      waits = true;
      const next = await Promise.race([iterator.next(), aborted]);
      waits = false;
      if (next.done) return;
      yield next.value;
    }
  } finally {
    signal?.removeEventListener("abort", onAbort);
    // A generator closes when what it waits for has come; a stream of Node's can be closed meanwhile.
    if (waits && signal?.aborted) (source as Partial<{ destroy(): void }>).destroy?.();
    (async () => iterator.return?.())().catch(() => undefined);
  }
}
