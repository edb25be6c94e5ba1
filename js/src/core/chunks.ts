import { InputError } from "../errors.js";
import type { StreamSource } from "../types.js";
import { Utf8Encoder, toBytes } from "./utf8-encoder.js";

/**
 * The source's bytes, chunk by chunk; the next chunk is asked for when the last one is used up. Stops with the
 * signal's reason, and then closes the source.
 */
export async function* byteChunks(source: StreamSource, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  signal?.throwIfAborted();
  if (typeof source === "string" || source instanceof Uint8Array) {
    yield toBytes(source);
  } else if (Symbol.iterator in source) {
    yield Uint8Array.from(checkTokens(source));
  } else {
    const encoder = new Utf8Encoder();
    const chunks = Symbol.asyncIterator in source ? source : readStream(source as ReadableStream<string | Uint8Array>);
    for await (const chunk of abortable(chunks, signal)) yield encoder.encode(chunk);
    yield encoder.finish();
  }
}

function* checkTokens(tokens: Iterable<number>): Generator<number> {
  for (const token of tokens) {
    if ((token & 255) !== token) {
      throw new InputError("token_out_of_range", `token is ${token}, the vocabulary has 256`);
    }
    yield token;
  }
}

/** For engines whose ReadableStream is not iterable yet. */
export async function* readStream<T>(stream: ReadableStream<T>): AsyncGenerator<T> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Ends a wait for the next chunk when the signal fires. */
export async function* abortable<T>(source: AsyncIterable<T>, signal?: AbortSignal): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal?.reason);
  });
  aborted.catch(() => undefined);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    for (;;) {
      signal?.throwIfAborted();
      const next = await Promise.race([iterator.next(), aborted]);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    signal?.removeEventListener("abort", onAbort);
    iterator.return?.().catch(() => undefined);
  }
}
