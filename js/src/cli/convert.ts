// mgt convert: a model file with its matrices in another type.
import { Model } from "../model.js";
import { Arguments, type CommandSpec } from "./args.js";
import { modelPath, openEngine } from "./engine.js";
import { failUsage, unwrap } from "./failure.js";
import { convertFile } from "./file-tools.js";
import { expectApart, readWhole, writeAtomically } from "./files.js";
import { jsonText } from "./json.js";
import { print } from "./output.js";
import { bytesText } from "./terminal.js";

export const spec: CommandSpec = {
  name: "convert",
  summary: "Rewrite a model with its matrices in another type",
  positionals: [
    { name: "IN", required: true, help: "Model to read" },
    { name: "OUT", required: true, help: "Model to write" },
  ],
  options: [
    { name: "--type", value: "TYPE", help: "f32, q8_0 or q4_0" },
    { name: "--json", help: "Print one JSON object" },
  ],
  examples: `Examples:
  mgt convert trained-f32.gguf small.gguf --type q8_0

q4_0 halves the file again; a model that was not trained for 4 bits loses quality by it.
The result is checked as on loading, self-test included, before it is moved into place in one step: OUT is the
old file or the whole new one.`,
};

/** mgt::WeightType by name. */
const types = ["f32", "q8_0", "q4_0"];

export async function convert(args: Arguments): Promise<void> {
  const type = args.text("--type");
  if (type === undefined) failUsage("--type is required (see --help)");
  if (type.startsWith("onnx")) failUsage(`--type ${type}: ONNX graphs are written by the native program alone`);
  if (!types.includes(type)) failUsage(`--type ${type}: expected f32, q8_0 or q4_0`);
  const input = modelPath(args.text("IN", ""));
  const output = args.text("OUT", "");
  expectApart({ option: "OUT", path: output }, [{ option: "IN", path: input }]);
  const before = readWhole(input);
  const runtime = await openEngine();
  const after = unwrap(input, () => convertFile(runtime, before, types.indexOf(type)));
  unwrap(output, () => Model.load(runtime, after, "")).dispose();
  writeAtomically(output, after);
  const json = { input, output, type, input_bytes: before.length, output_bytes: after.length };
  const text = `${output}: ${type}, ${bytesText(after.length)} from ${bytesText(before.length)}\n`;
  print(args.flag("--json") ? `${jsonText(json)}\n` : text);
}
