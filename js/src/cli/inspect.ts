// mgt inspect: what is in a model file, and what running it would take.
import { Model } from "../model.js";
import { Arguments, type CommandSpec } from "./args.js";
import { modelPath, openEngine } from "./engine.js";
import { unwrap } from "./failure.js";
import { type FileDescription, describeFile } from "./file-tools.js";
import { readWhole } from "./files.js";
import { type JsonValue, hex16, jsonNumber, jsonText } from "./json.js";
import { print } from "./output.js";
import { bold, bytesText, dim, table, withCommas } from "./terminal.js";

export const spec: CommandSpec = {
  name: "inspect",
  summary: "Show a model file: shape, memory plan, keys, tensors",
  positionals: [
    {
      name: "MODEL",
      required: false,
      help: "GGUF file, or micro, baseline or baseline-int4 (default: $MGT_MODEL, or baseline)",
    },
  ],
  options: [{ name: "--json", help: "Print one JSON object" }],
  examples: `Examples:
  mgt inspect                     the model that ships with the program
  mgt inspect my.gguf --json

Lists keys and tensors of any GGUF file. A model of this program is loaded as well, self-test included, and its
shape and memory plan are shown: a session allocates exactly its plan; loading a model takes more for a moment.`,
};

type Facts = Record<string, string | number>;

/** The file, and the model in it where it is one of ours. */
interface Inspected {
  path: string;
  sizeBytes: number;
  file: FileDescription;
  shape: Facts | null;
  memory: Facts | null;
}

export async function inspect(args: Arguments): Promise<void> {
  const path = modelPath(args.text("MODEL", ""));
  const bytes = readWhole(path);
  const runtime = await openEngine();
  const file = unwrap(path, () => describeFile(runtime, bytes));
  const ours = file.keys.some(({ name, value }) => name === "general.architecture" && value === "mgt");
  const model = ours ? unwrap(path, () => Model.load(runtime, bytes, "")) : undefined;
  const inspected = {
    path,
    sizeBytes: bytes.length,
    file,
    shape: model ? shapeOf(model) : null,
    memory: model ? unwrap(path, () => memoryOf(model)) : null,
  };
  print(args.flag("--json") ? `${jsonText(toJson(inspected))}\n` : toText(inspected));
}

function shapeOf({ name, hash, config }: Model): Facts {
  return {
    name,
    hash: hex16(hash),
    n_layers: config.nLayers,
    hidden: config.hidden,
    n_heads: config.nHeads,
    n_kv_heads: config.nKvHeads,
    head_dim: config.headDim,
    ffn: config.ffn,
    context_length: config.contextLength,
    window: config.window,
    window_min: config.windowMin,
    window_max: config.windowMax,
    rms_eps: config.rmsEps,
    rope_theta: config.ropeTheta,
  };
}

function memoryOf(model: Model): Facts {
  const plan = model.plan();
  return {
    model_bytes: model.sizeBytes,
    kv_cache_bytes: plan.kvCacheBytes,
    skip_table_bytes: plan.skipTableBytes,
    byte_table_bytes: plan.byteTableBytes,
    window_cache_bytes: plan.windowCacheBytes,
    scratch_bytes: plan.scratchBytes,
    memory_bytes: plan.memoryBytes,
    gate_bytes: plan.gateBytes,
    replay_bytes: plan.replayBytes,
    session_bytes: plan.totalBytes,
  };
}

function toJson({ path, sizeBytes, file, shape, memory }: Inspected): JsonValue {
  return {
    file: path,
    size_bytes: sizeBytes,
    version: file.version,
    alignment: file.alignment,
    parameters: file.parameters,
    model: shape,
    memory,
    keys: file.keys,
    tensors: file.tensors,
  };
}

/** A name and a value per line. */
function factsText(title: string, facts: Facts): string {
  const rows = Object.entries(facts).map(([name, value]) => {
    if (typeof value === "string") return [name, value];
    return [name, Number.isInteger(value) && !/eps|theta/.test(name) ? withCommas(value) : jsonNumber(value)];
  });
  return `\n${bold(title)}\n${table(rows)}`;
}

function toText({ path, sizeBytes, file, shape, memory }: Inspected): string {
  const head = `${bold(path)}  ${bytesText(sizeBytes)}, ${withCommas(file.parameters)} parameters, GGUF version ${file.version}\n`;
  const facts =
    shape && memory
      ? factsText("Shape", shape) + factsText("Memory plan", memory)
      : "Not an mgt model: no shape, no memory plan.\n";
  const keys = file.keys.map(({ name, type, value }) => `  ${name}${dim(`  ${type}  `)}${value}\n`).join("");
  const rows = file.tensors.map(({ name, type, shape: dims, size_bytes, held_as }) => [
    name,
    type,
    dims.join(" x "),
    `${withCommas(size_bytes)} B`,
    dim(held_as),
  ]);
  return `${head}${facts}\n${bold("Keys")}\n${keys}\n${bold("Tensors")}\n${table(rows)}`;
}
