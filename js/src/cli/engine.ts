// The model a command works with, on the wasm build that MGT_ARCH or the engine chooses.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Runtime } from "../core/runtime.js";
import { openRuntime } from "../load/load-model.js";
import { nodePlatform } from "../load/node-platform.js";
import { relaxedObstacle } from "../load/pick-build.js";
import { Model } from "../model.js";
import type { Build } from "../types.js";
import { toBytes } from "../core/utf8-encoder.js";
import { failInput, failUsage, unwrap } from "./failure.js";
import { readWhole } from "./files.js";

/** Opens the engine, as MGT_ARCH says. Errors: usage, with the list of what this engine runs. */
export async function openEngine(): Promise<Runtime> {
  const wanted = process.env["MGT_ARCH"];
  const known = [...(relaxedObstacle() ? [] : ["wasm-relaxed"]), "wasm-simd128", "scalar"];
  if (wanted && !known.includes(wanted)) {
    failUsage(`MGT_ARCH=${wanted}: not available here; this engine runs ${known.join(", ")}`);
  }
  const build = wanted?.startsWith("wasm-") ? (wanted.slice("wasm-".length) as Build) : undefined;
  const { runtime } = await openRuntime(nodePlatform(import.meta.url), build ? { build } : {});
  if (wanted === "scalar") useArch(runtime, wanted);
  return runtime;
}

const shippedModels = new Map([
  ["micro", "micro-q8_0.gguf"],
  ["baseline", "baseline-q4_q8.gguf"],
  ["baseline-int4", "baseline-q4_0.gguf"],
]);

/**
 * The file behind a --model value: a path, or "micro", "baseline" or "baseline-int4"; "" is $MGT_MODEL or else
 * "baseline". The shipped models lie beside the package in the repository, or in it.
 */
export function modelPath(choice: string): string {
  const file = shippedModels.get(choice);
  if (file) return shipped(file);
  return choice || process.env["MGT_MODEL"] || modelPath("baseline");
}

function shipped(file: string): string {
  const folders = ["../../models/", "../models/"].map((folder) => fileURLToPath(new URL(folder, import.meta.url)));
  const folder = folders.find((candidate) => existsSync(candidate + file));
  if (folder) return folder + file;
  failInput(`no ${file} in ${folders.join(" or ")}; name a model with --model or MGT_MODEL`);
}

export async function openModel(choice: string): Promise<Model> {
  return (await openModelFile(choice)).model;
}

/** The model, and the file that it was read from. */
export async function openModelFile(choice: string): Promise<{ model: Model; file: Uint8Array }> {
  const path = modelPath(choice);
  const file = readWhole(path);
  const runtime = await openEngine();
  return { model: unwrap(path, () => Model.load(runtime, file, "")), file };
}

/** The kernel table in force. */
export function archOf(model: Model): string {
  return model.runtime.arch;
}

/** Puts another kernel table in force, for all models of this instance; a name that the build does not have, none. */
export function useArch(runtime: Runtime, name: string): void {
  runtime.withBytes(toBytes(`${name}\0`), (address) => runtime.exports.mgt_use_arch(address));
}
