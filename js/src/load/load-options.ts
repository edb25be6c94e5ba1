import { type Check, type Checks, abortSignal, checkOptions, oneOf, refuse } from "../core/checks.js";
import type { Build } from "../types.js";
import { type WasmSource, isPerBuild } from "./compile-wasm.js";
import { builds } from "./pick-build.js";
import { type ReadOptions, isLocation, isSource, sourceKinds } from "./read-source.js";

export interface LoadOptions {
  /** Called as the model's bytes arrive. */
  onProgress?: ReadOptions["onProgress"];
  /** Ends the download. */
  signal?: AbortSignal;
  /** The engine's wasm, where the package's own file cannot be fetched. */
  wasm?: WasmSource;
  /** Default: the fastest that this engine runs correctly. */
  build?: Build;
}

export interface WorkerLoadOptions extends LoadOptions {
  /** The worker's script, `mincut-gated-transformer/worker`, where the bundler moved it. */
  workerUrl?: string | URL;
}

const wasmFile: Check = (name, value) => {
  if (isSource(value) || value instanceof WebAssembly.Module) return;
  refuse(name, value, `expected is ${sourceKinds}, or a WebAssembly.Module`);
};

const wasmSource: Check = (name, value) => {
  if (isPerBuild(value as WasmSource)) checkOptions(value, { simd128: wasmFile, relaxed: wasmFile }, name);
  else wasmFile(name, value);
};

const loadChecks: Checks<LoadOptions> = {
  onProgress: (name, value) => {
    if (typeof value !== "function") refuse(name, value, "expected is a function");
  },
  signal: abortSignal,
  wasm: wasmSource,
  build: oneOf(builds),
};

/** Checks names and types. Throws OptionError. */
export const checkLoadOptions = (given: LoadOptions): void => checkOptions(given, loadChecks);

const workerLoadChecks: Checks<WorkerLoadOptions> = {
  ...loadChecks,
  workerUrl: (name, value) => {
    if (!isLocation(value)) refuse(name, value, "expected is a URL or a path (Node)");
  },
};

/** The same. */
export const checkWorkerLoadOptions = (given: WorkerLoadOptions): void => checkOptions(given, workerLoadChecks);
