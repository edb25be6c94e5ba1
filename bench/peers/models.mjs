// The models that are compared, and their ONNX graphs.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { at, nativeProgram, results } from "./paths.mjs";
import { readKeys } from "./gguf.mjs";

const configs = ["micro", "baseline"];
const kinds = [
  { weights: "int8", suffix: "q8_0" },
  { weights: "int4", suffix: "q4_0" },
];

/** What can take part, as { config, weights, suffix }. A new kind of weights is a line in `kinds`. */
const possible = configs.flatMap((config) => kinds.map((kind) => ({ config, ...kind })));
const described = ({ config, weights, path }) => ({ config, weights, path, shape: shapeOf(path) });
const shippedPath = ({ config, suffix }) => at(`models/${config}-${suffix}.gguf`);

/** The shipped models, as { config, weights, path, shape }. */
export function shippedModels() {
  return possible
    .map((one) => ({ ...one, path: shippedPath(one) }))
    .filter(({ path }) => existsSync(path))
    .map(described);
}

/**
 * Every model that takes part: the shipped ones, and those that `mgt convert` makes of the shipped int8 ones. What it
 * cannot make is left out, and `leftOut` is told why.
 */
export function findModels(leftOut = () => undefined) {
  return possible
    .map((one) => ({ ...one, path: shippedOrConverted(one, leftOut) }))
    .filter(({ path }) => path !== null)
    .map(described);
}

function shippedOrConverted({ config, suffix }, leftOut) {
  const shipped = shippedPath({ config, suffix });
  if (existsSync(shipped)) return shipped;
  const converted = `${results}/${config}-${suffix}.gguf`;
  try {
    mkdirSync(results, { recursive: true });
    const source = at(`models/${config}-q8_0.gguf`);
    execFileSync(nativeProgram, ["convert", source, converted, "--type", suffix], { encoding: "utf8", stdio: "pipe" });
    return converted;
  } catch (error) {
    rmSync(converted, { force: true });
    leftOut(`${config} ${suffix}: ${String(error.stderr ?? error.message).trim()}`);
    return null;
  }
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
    hidden,
    ffn: keys["mgt.feed_forward_length"],
    kvDim: (keys["mgt.attention.head_count_kv"] * hidden) / keys["mgt.attention.head_count"],
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
