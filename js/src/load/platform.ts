import type { Build } from "../types.js";
import type { WorkerPort } from "../worker/protocol.js";

/** What differs between Node and browsers. Each entry of the package hands its own to the loader. */
export interface Platform {
  /** The package's own wasm file. */
  wasm(build: Build): Promise<BytesResponse>;
  /** Opens a URL or, in Node, a path. */
  open(location: string | URL, signal?: AbortSignal): Promise<BytesResponse>;
  /** An absolute form of the location that means the same in a worker. */
  absolute(location: string | URL): string;
  /** Starts the package's worker. */
  spawnWorker(url?: string | URL): WorkerPort;
}

/** Bytes on their way, and what an error message should say about them. */
export interface BytesResponse {
  name: string;
  mimeType?: string | undefined;
  sizeBytes?: number | undefined;
  body: Uint8Array | ReadableStream<Uint8Array>;
}
