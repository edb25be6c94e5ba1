import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { LoadError } from "../errors.js";
import type { WorkerPort } from "../worker/protocol.js";
import type { BytesResponse, Platform } from "./platform.js";
import { fetchUrl, parseUrl } from "./read-source.js";

/** Node, Bun and Deno: files by path or URL, worker threads. `base` is the URL of the running bundle in dist/. */
export function nodePlatform(base: string): Platform {
  return {
    wasm: (build) => readLocal(new URL(`../wasm/mgt-${build}.wasm`, base)),
    open: async (location, signal) => {
      const url = asUrl(location);
      return url.protocol === "file:" ? readLocal(url, signal) : fetchUrl(url, signal);
    },
    absolute: (location) => asUrl(location).href,
    spawnWorker: (url) => {
      const script = url === undefined ? new URL("./worker.node.js", base) : asUrl(url);
      // Flags such as --input-type are the caller's script's own, and would break the worker.
      const worker = new Worker(script, { execArgv: [] });
      const port: WorkerPort = {
        post: (message, transfer = []) => worker.postMessage(message, transfer as ArrayBuffer[]),
        listen: (onMessage, onDeath) => {
          worker.on("message", onMessage);
          worker.on("error", (error) => onDeath(String(error)));
          worker.on("exit", (code) => onDeath(`it exited with code ${code}`));
        },
        terminate: () => void worker.terminate(),
        hold: (busy) => (busy ? worker.ref() : worker.unref()),
      };
      return port;
    },
  };
}

function asUrl(location: string | URL): URL {
  if (location instanceof URL) return location;
  const isUrl = /^((https?|file|data|blob):|[a-z][a-z\d+.-]*:\/\/)/i.test(location);
  return isUrl ? parseUrl(location) : pathToFileURL(resolve(location));
}

async function readLocal(url: URL, signal?: AbortSignal): Promise<BytesResponse> {
  let name = url.href;
  try {
    name = fileURLToPath(url);
    return { name, body: await readFile(name, signal ? { signal } : {}) };
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    throw new LoadError("load_failed", `${name}: ${(cause as Error).message}`, { cause });
  }
}
