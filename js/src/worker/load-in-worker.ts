import { type WorkerLoadOptions, checkWorkerLoadOptions } from "../load/load-options.js";
import { builds } from "../load/pick-build.js";
import type { Platform } from "../load/platform.js";
import { type BytesSource, openSource, readAll } from "../load/read-source.js";
import { type WasmSource, isPerBuild } from "../load/compile-wasm.js";
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
    const { onProgress, signal, wasm, build, workerUrl } = options;
    signal?.throwIfAborted();
    // URLs are opened in the worker; everything else is read here, since streams cannot be sent everywhere.
    const isLocation = typeof source === "string" || source instanceof URL;
    const sent = isLocation
      ? platform.absolute(source)
      : await readAll(await openSource(source, platform, signal), { signal, onProgress: undefined });
    const sentWasm = wasm === undefined ? undefined : await sendable(wasm, platform);
    const port: WorkerPort = platform.spawnWorker(workerUrl);
    const caller = new Caller(port);
    const abort = () => caller.terminate();
    signal?.addEventListener("abort", abort, { once: true });
    try {
      const facts = await caller.call("load", { source: sent, build, wasm: sentWasm }, onProgress);
      return new WorkerModel(caller, facts);
    } catch (error) {
      caller.terminate();
      if (signal?.aborted) throw signal.reason;
      throw error;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  };
}

async function sendable(wasm: WasmSource, platform: Platform): Promise<WasmInput> {
  if (wasm instanceof WebAssembly.Module) return wasm;
  if (isPerBuild(wasm)) {
    const files: Partial<Record<Build, Uint8Array | WebAssembly.Module>> = {};
    for (const build of builds) {
      const file = wasm[build];
      if (file) files[build] = (await sendable(file, platform)) as Uint8Array | WebAssembly.Module;
    }
    return files;
  }
  return readAll(await openSource(wasm, platform), {});
}
