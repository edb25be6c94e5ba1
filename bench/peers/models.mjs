// The models that are compared, and their ONNX graphs.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { at, nativeProgram, results } from "./paths.mjs";
import { readKeys } from "./gguf.mjs";

const kinds = [
  { weights: "int8", suffix: "q8_0" },
  { weights: "int4", suffix: "q4_0" },
];

/** Every shipped model, as { config, weights, path, shape }. The int4 ones appear when their files do. */
export function findModels() {
  return ["micro", "baseline"].flatMap((config) =>
    kinds
      .map(({ weights, suffix }) => ({ config, weights, path: at(`models/${config}-${suffix}.gguf`) }))
      .filter(({ path }) => existsSync(path))
      .map((model) => ({ ...model, shape: shapeOf(model.path) })),
  );
}

function shapeOf(path) {
  const keys = readKeys(path);
  const hidden = keys["mgt.embedding_length"];
  return {
    tokens: keys["mgt.context_length"],
    window: keys["mgt.attention.sliding_window"],
    layers: keys["mgt.block_count"],
    heads: keys["mgt.attention.head_count_kv"],
    headDim: hidden / keys["mgt.attention.head_count"],
    selfTest: {
      tokens: keys["mgt.selftest.tokens"],
      logits: keys["mgt.selftest.logits"].slice(-256),
      tolerance: keys["mgt.selftest.tolerance"],
    },
  };
}

/** Writes the graph with `mgt convert`; returns its path. `type` is onnx, onnx-int8 or onnx-int4. */
export function exportGraph(model, { type, task, narrow = false, tokens }) {
  const folder = `${results}/onnx`;
  mkdirSync(folder, { recursive: true });
  const name = [model.config, model.weights, task, type, narrow ? "narrow" : "", tokens ?? ""]
    .filter(Boolean)
    .join("-");
  const path = `${folder}/${name}.onnx`;
  const more = [...(narrow ? ["--narrow"] : []), ...(tokens ? ["--tokens", String(tokens)] : [])];
  execFileSync(nativeProgram, ["convert", model.path, path, "--type", type, "--graph", task, ...more]);
  return path;
}
