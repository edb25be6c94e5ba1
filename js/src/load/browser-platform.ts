import type { WorkerPort } from "../worker/protocol.js";
import type { Platform } from "./platform.js";
import { fetchUrl, parseUrl } from "./read-source.js";

const wasmUrls = {
  simd128: () => new URL("../wasm/mgt-simd128.wasm", import.meta.url),
  relaxed: () => new URL("../wasm/mgt-relaxed.wasm", import.meta.url),
};

/** Browsers: everything by URL. Bundlers see the three `new URL(…, import.meta.url)` and copy the files. */
export const browserPlatform: Platform = {
  wasm: (build) => fetchUrl(wasmUrls[build]()),
  open: fetchUrl,
  absolute: (location) => parseUrl(location, globalThis.location.href).href,
  spawnWorker: (url) => {
    const worker =
      url === undefined
        ? new Worker(new URL("./worker.js", import.meta.url), { type: "module" })
        : new Worker(url, { type: "module" });
    return portOf(worker);
  },
};

/** A worker that runs `mincut-gated-transformer/worker`, as a port. */
export function portOf(worker: Worker): WorkerPort {
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    listen: (onMessage, onDeath) => {
      worker.onmessage = ({ data }) => onMessage(data);
      worker.onerror = (event) => onDeath(event.message || "its script did not load");
      worker.onmessageerror = () => onDeath("a message could not be read");
    },
    terminate: () => worker.terminate(),
    hold: () => undefined,
  };
}
