import { isStream, readChunks } from "../core/chunks.js";
import { shown } from "../core/shown.js";
import { bytesOf } from "../core/utf8-encoder.js";
import { InputError, LoadError } from "../errors.js";
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

export const sourceKinds = "a URL, a path (Node), bytes, a Blob, a Response or a ReadableStream";

export function isLocation(source: unknown): source is string | URL {
  return (typeof source === "string" && source !== "") || source instanceof URL;
}

export function isSource(source: unknown): source is BytesSource {
  if (isLocation(source) || bytesOf(source) || isStream(source)) return true;
  return source instanceof Response || source instanceof Blob;
}

/** Throws LoadError where the source is none. */
export function checkSource(source: unknown): void {
  if (isSource(source)) return;
  throw new LoadError("load_failed", `the source is ${shown(source)}, expected is ${sourceKinds}`);
}

/** Opens a source that was checked. Throws LoadError where it cannot be read, or a server refuses. */
export async function openSource(
  source: BytesSource,
  platform: Platform,
  signal?: AbortSignal,
): Promise<BytesResponse> {
  if (isLocation(source)) return platform.open(source, signal);
  if (source instanceof Response) return fromResponse(source);
  if (source instanceof Blob) {
    return { name: "the given blob", mimeType: source.type, sizeBytes: source.size, body: source.stream() };
  }
  const bytes = bytesOf(source);
  if (bytes) return { name: "the given bytes", body: bytes };
  return { name: "the given stream", body: source as ReadableStream<Uint8Array> };
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
    body: response.body ?? new Uint8Array(),
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
  for await (const part of receive(from.name, from.body, signal)) {
    parts.push(part);
    loadedBytes += part.length;
    onProgress?.({ loadedBytes, totalBytes: from.sizeBytes });
  }
  return concatenate(parts, loadedBytes);
}

/** The stream's chunks. Throws LoadError where it breaks off, or a chunk is no bytes. */
async function* receive(
  name: string,
  stream: ReadableStream<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  let received = 0;
  try {
    for await (const chunk of readChunks(stream, signal)) {
      const bytes = bytesOf(chunk);
      if (!bytes) throw new InputError("bad_input", `a chunk is ${shown(chunk)}, expected are bytes`);
      received += bytes.length;
      yield bytes;
    }
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    throw new LoadError("load_failed", `${name}: broken off after ${received} bytes: ${cause}`, { cause });
  }
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
