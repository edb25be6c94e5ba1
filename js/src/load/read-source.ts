import { abortable, readStream } from "../core/chunks.js";
import { LoadError } from "../errors.js";
import type { BytesResponse, Platform } from "./platform.js";

/** Where bytes come from: a URL, a file path (Node), or the bytes themselves in any form. */
export type BytesSource = string | URL | Uint8Array | ArrayBuffer | Blob | Response | ReadableStream<Uint8Array>;

export interface Progress {
  loadedBytes: number;
  /** Undefined where the source does not tell. */
  totalBytes: number | undefined;
}

export interface ReadOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
}

/** Opens any source. Throws LoadError where it is none, or a server refuses. */
export async function openSource(
  source: BytesSource,
  platform: Platform,
  signal?: AbortSignal,
): Promise<BytesResponse> {
  if (typeof source === "string" || source instanceof URL) return platform.open(source, signal);
  if (source instanceof Uint8Array) return { name: "the given bytes", body: source };
  if (source instanceof ArrayBuffer) return { name: "the given bytes", body: new Uint8Array(source) };
  if (source instanceof Response) return fromResponse(source);
  if (source instanceof Blob) {
    return { name: "the given blob", mimeType: source.type, sizeBytes: source.size, body: readStream(source.stream()) };
  }
  if (typeof (source as ReadableStream | undefined)?.getReader !== "function") {
    const expected = "a URL, a path (Node), bytes, a Blob, a Response or a ReadableStream";
    throw new LoadError("load_failed", `the source is ${source}, expected is ${expected}`);
  }
  return { name: "the given stream", body: readStream(source) };
}

/** Throws LoadError where the text is no URL. */
export function parseUrl(text: string | URL, base?: string): URL {
  try {
    return new URL(text, base);
  } catch (cause) {
    throw new LoadError("load_failed", `${text} is no URL`, { cause });
  }
}

/** Opens a URL. Throws LoadError where nothing answers or the server refuses. */
export async function fetchUrl(url: string | URL, signal?: AbortSignal): Promise<BytesResponse> {
  let response: Response;
  try {
    response = await fetch(url, signal ? { signal } : {});
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    throw new LoadError("load_failed", `${url}: ${(cause as Error).message}`, { cause });
  }
  return fromResponse(response, String(url));
}

function fromResponse(response: Response, name = response.url || "the given response"): BytesResponse {
  if (!response.ok) throw new LoadError("load_failed", `${name}: HTTP ${response.status} ${response.statusText}`);
  const length = response.headers.get("content-length");
  // A compressed body is longer than its Content-Length says: then there is no total.
  const known = length !== null && !response.headers.get("content-encoding");
  return {
    name,
    mimeType: response.headers.get("content-type") ?? undefined,
    sizeBytes: known ? Number(length) : undefined,
    body: response.body ? readStream(response.body) : new Uint8Array(),
  };
}

/** Reads all of it, reporting progress, until the signal stops it. */
export async function readAll(from: BytesResponse, { signal, onProgress }: ReadOptions): Promise<Uint8Array> {
  signal?.throwIfAborted();
  if (from.body instanceof Uint8Array) {
    onProgress?.({ loadedBytes: from.body.length, totalBytes: from.body.length });
    return from.body;
  }
  const parts: Uint8Array[] = [];
  let loadedBytes = 0;
  try {
    for await (const part of abortable(from.body, signal)) {
      parts.push(part);
      loadedBytes += part.length;
      onProgress?.({ loadedBytes, totalBytes: from.sizeBytes });
    }
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    throw new LoadError("load_failed", `${from.name}: broken off after ${loadedBytes} bytes: ${cause}`, { cause });
  }
  return concatenate(parts, loadedBytes);
}

function concatenate(parts: readonly Uint8Array[], sizeBytes: number): Uint8Array {
  const whole = new Uint8Array(sizeBytes);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
