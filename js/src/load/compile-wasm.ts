import { WasmError } from "../errors.js";
import type { Build } from "../types.js";
import { wasmMagic, wrongMagic } from "./magic.js";
import { type BuildChoice, builds, pickBuild, relaxedObstacle } from "./pick-build.js";
import type { BytesResponse, Platform } from "./platform.js";
import { type BytesSource, openSource, readAll } from "./read-source.js";

/** The engine's wasm, where you bring it yourself: one file in any form or compiled, or one for each build. */
export type WasmSource = BytesSource | WebAssembly.Module | Partial<Record<Build, BytesSource | WebAssembly.Module>>;

export interface CompiledWasm {
  module: WebAssembly.Module;
  reason: string;
}

/** The package's own files, compiled once. */
const own = new WeakMap<Platform, Map<Build, Promise<WebAssembly.Module>>>();

/** Compiles what fits this engine. Throws WasmError, LoadError. */
export async function compileWasm(
  platform: Platform,
  asked: Build | undefined,
  given: WasmSource | undefined,
  signal?: AbortSignal,
): Promise<CompiledWasm> {
  if (given === undefined) {
    const { build, reason } = usable(pickBuild(asked));
    return { module: await compileOwn(platform, build), reason };
  }
  if (!isPerBuild(given)) return { module: await compileGiven(given, platform, signal), reason: "given by the caller" };
  const { build, reason } = usable(pickBuild(asked ?? (given.relaxed ? undefined : "simd128")));
  const source = given[build];
  if (!source) throw badWasm(`no ${build} build among the given wasm files, which this engine needs: ${reason}`);
  return { module: await compileGiven(source, platform, signal), reason };
}

function usable(choice: BuildChoice): BuildChoice {
  const obstacle = choice.build === "relaxed" ? relaxedObstacle() : undefined;
  if (obstacle) throw badWasm(`the relaxed build was asked for, but ${obstacle}`);
  return choice;
}

/** Whether a source holds one for each build. */
export function isPerBuild(given: WasmSource): given is Partial<Record<Build, BytesSource | WebAssembly.Module>> {
  return typeof given === "object" && given !== null && builds.some((build) => build in given);
}

function compileOwn(platform: Platform, build: Build): Promise<WebAssembly.Module> {
  const modules = own.get(platform) ?? new Map<Build, Promise<WebAssembly.Module>>();
  own.set(platform, modules);
  let module = modules.get(build);
  if (!module) {
    module = platform.wasm(build).then(compile);
    module.catch(() => modules.delete(build));
    modules.set(build, module);
  }
  return module;
}

async function compileGiven(source: BytesSource | WebAssembly.Module, platform: Platform, signal?: AbortSignal) {
  if (source instanceof WebAssembly.Module) return source;
  return compile(await openSource(source, platform, signal), signal);
}

async function compile(from: BytesResponse, signal?: AbortSignal): Promise<WebAssembly.Module> {
  const bytes = await readAll(from, { signal });
  const wrong = wrongMagic(bytes, wasmMagic, from);
  if (wrong) throw badWasm(`no wasm file: ${wrong}`);
  try {
    return await WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>);
  } catch (cause) {
    throw badWasm(`${from.name} does not compile on this engine: ${cause}`, cause);
  }
}

function badWasm(message: string, cause?: unknown): WasmError {
  return new WasmError("bad_wasm", message, { cause });
}
