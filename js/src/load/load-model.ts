import { ModelError, WasmError } from "../errors.js";
import { Runtime } from "../core/runtime.js";
import { Model } from "../model.js";
import { compileWasm } from "./compile-wasm.js";
import { type LoadOptions, checkLoadOptions } from "./load-options.js";
import { ggufMagic, wrongMagic } from "./magic.js";
import { relaxedObstacle } from "./pick-build.js";
import type { Platform } from "./platform.js";
import { type BytesSource, type ReadOptions, checkSource, openSource, readAll } from "./read-source.js";

export type LoadModel = (source: BytesSource, options?: LoadOptions) => Promise<Model>;

export interface OpenedRuntime {
  runtime: Runtime;
  reason: string;
}

/** An instance of the engine without a model. */
export async function openRuntime(platform: Platform, { wasm, build, signal }: LoadOptions): Promise<OpenedRuntime> {
  const { module, reason } = await compileWasm(platform, build, wasm, signal);
  const runtime = await Runtime.create(module);
  const obstacle = runtime.arch === "wasm-relaxed" ? relaxedObstacle() : undefined;
  if (obstacle) throw new WasmError("bad_wasm", `the given wasm is the relaxed build, but ${obstacle}`);
  return { runtime, reason };
}

/**
 * Loads a model into a WebAssembly instance of its own, on the calling thread.
 *
 * Throws ModelError (the bytes are no model this build can run; its embedded self-test is part of that), LoadError
 * (URL or file), OptionError, WasmError (engine), OutOfMemoryError, or the signal's reason.
 */
export function makeLoadModel(platform: Platform): LoadModel {
  return async (source, options = {}) => {
    checkLoadOptions(options);
    checkSource(source);
    const { onProgress, signal } = options;
    signal?.throwIfAborted();
    const [{ runtime, reason }, file] = await Promise.all([
      openRuntime(platform, options),
      readModel(source, platform, { onProgress, signal }),
    ]);
    signal?.throwIfAborted();
    return Model.load(runtime, file, reason);
  };
}

async function readModel(source: BytesSource, platform: Platform, options: ReadOptions): Promise<Uint8Array> {
  const from = await openSource(source, platform, options.signal);
  const file = await readAll(from, options);
  const wrong = wrongMagic(file, ggufMagic, from);
  if (wrong) throw new ModelError("not_a_model", `no GGUF file: ${wrong}`);
  return file;
}
