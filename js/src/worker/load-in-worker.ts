import { type WorkerLoadOptions, checkWorkerLoadOptions } from "../load/load-options.js";
import { builds } from "../load/pick-build.js";
import type { Platform } from "../load/platform.js";
import { type BytesSource, checkSource, isLocation, openSource, readAll } from "../load/read-source.js";
import { type WasmSource, isPerBuild } from "../load/compile-wasm.js";
import { WorkerError } from "../errors.js";
import type { Build } from "../types.js";
import { Caller } from "./caller.js";
import type { WasmInput, WorkerPort } from "./protocol.js";
import { WorkerModel } from "./worker-model.js";

export type LoadModelInWorker = (source: BytesSource, options?: WorkerLoadOptions) => Promise<WorkerModel>;

/**
 * Loads a model in a worker of its own, so that the calling thread stays free. Throws what loadModel throws, and
 * WorkerError where the worker does not start.
 */
export function makeLoadModelInWorker(platform: Platform): LoadModelInWorker {
  return async (source, options = {}) => {
    checkWorkerLoadOptions(options);
    checkSource(source);
    const { onProgress, signal, wasm, build, workerUrl } = options;
    signal?.throwIfAborted();
    // URLs are opened in the worker; everything else is read here, since streams cannot be sent everywhere.
    const sent = isLocation(source)
      ? platform.absolute(source)
      : await readAll(await openSource(source, platform, signal), { signal, onProgress: undefined });
    const sentWasm = wasm === undefined ? undefined : await sendable(wasm, platform, signal);
    signal?.throwIfAborted();
    const port = spawnWorker(platform, workerUrl);
    const caller = new Caller(port);
    const abort = () => caller.terminate(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    try {
      const facts = await caller.call("load", { source: sent, build, wasm: sentWasm }, onProgress);
      return new WorkerModel(caller, facts);
    } catch (error) {
      caller.terminate(error);
      throw error;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  };
}

function spawnWorker(platform: Platform, url: string | URL | undefined): WorkerPort {
  try {
    return platform.spawnWorker(url);
  } catch (cause) {
    throw new WorkerError("worker_failed", `the worker does not start: ${(cause as Error).message}`, { cause });
  }
}

async function sendable(wasm: WasmSource, platform: Platform, signal?: AbortSignal): Promise<WasmInput> {
  if (wasm instanceof WebAssembly.Module) return wasm;
  if (isPerBuild(wasm)) {
    const files: Partial<Record<Build, Uint8Array | WebAssembly.Module>> = {};
    for (const build of builds) {
      const file = wasm[build];
      if (file) files[build] = (await sendable(file, platform, signal)) as Uint8Array | WebAssembly.Module;
    }
    return files;
  }
  return readAll(await openSource(wasm, platform, signal), { signal });
}
