import { type Checks, abortSignal, anything, checkOptions, oneOf, refuse } from "../core/checks.js";
import type { Build } from "../types.js";
import type { WasmSource } from "./compile-wasm.js";
import { builds } from "./pick-build.js";
import type { ReadOptions } from "./read-source.js";

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

const loadChecks: Checks<LoadOptions> = {
  onProgress: (name, value) => {
    if (typeof value !== "function") refuse(name, value, "expected is a function");
  },
  signal: abortSignal,
  wasm: anything,
  build: oneOf(builds),
};

/** Checks names and types. Throws OptionError. */
export const checkLoadOptions = (given: LoadOptions): void => checkOptions(given, loadChecks);

/** The same. */
export const checkWorkerLoadOptions = (given: WorkerLoadOptions): void =>
  checkOptions(given, { ...loadChecks, workerUrl: anything });
