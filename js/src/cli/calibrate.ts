// mgt calibrate: thresholds for a user's own streams at a stated risk.
import { kvModes } from "../core/names.js";
import { Model } from "../model.js";
import type { GatePolicy, KvMode, Policy } from "../types.js";
import { Arguments, type CommandSpec } from "./args.js";
import { type RiskTarget, chooseThreshold, lossBound, resample } from "./calibrate-choose.js";
import { type BlockPlan, blockBytesFor, blocksOf, measureTable } from "./calibrate-losses.js";
import { type Calibration, calibrationJson, calibrationText, energyMaxOf } from "./calibrate-report.js";
import { modelPath, openModelFile } from "./engine.js";
import { failInput, failUsage, unwrap } from "./failure.js";
import { calibratedCopy, describeFile } from "./file-tools.js";
import { expectApart, readWhole, writeAtomically } from "./files.js";
import { jsonText } from "./json.js";
import { print } from "./output.js";
import { modelOption, oneOf } from "./session-flags.js";
import { counted, fixed } from "./terminal.js";

export const spec: CommandSpec = {
  name: "calibrate",
  summary: "Find a policy's threshold for your own streams",
  positionals: [],
  options: [
    { name: "--data", value: "FILE", help: "A stream to calibrate on; may be given several times", repeats: true },
    { name: "--risk", value: "R", help: "Relative loss in nats per byte that is allowed: 0.02 is 2 % [0.02]" },
    { name: "--confidence", value: "P", help: "Of the bound [0.95]" },
    { name: "--policy", value: "NAME", help: "Whose threshold: conservative, default or permissive [default]" },
    { name: "--kv", value: "MODE", help: "exact or propagate (default: the policy's)" },
    modelOption,
    { name: "--out", value: "FILE", help: "Write a calibrated copy of the model" },
    { name: "--limit", value: "BYTES", help: "Bytes of each stream at most" },
    {
      name: "--warm-up",
      value: "BYTES",
      help: "First bytes of each stream that fill the memory and count for nothing: for sessions that live long",
    },
    { name: "--resamples", value: "N", help: "Try the promise on this many random halves of the data" },
    { name: "--json", help: "Print one JSON object" },
  ],
  examples: `Examples:
  mgt calibrate --data app.log --risk 0.02 --out app.gguf
  mgt calibrate --data a.log --data b.log --risk 0.01 --policy conservative --json
  mgt run --model app.gguf --policy default app.log.2

One threshold bounds the energy of all cheap answers: the predicted probability that an answer costs over a bit more
than that of all layers. Thresholds are run over the data beside the dense model, the safest first. The last one is
chosen before the loss passes the risk, with a bound that holds on another stretch of the same length with the stated
confidence. The promise is for streams like the data. --resamples tries it: random halves choose, the other half counts.

OUT is a copy of the model whose policy (--policy) has this threshold. The native program also has --fit, which fits the
energy itself on the data, and --report, a page with plots.`,
};

const fewestBlocks = 40;
const thresholdPolicies = ["conservative", "default", "permissive"];
const policyWords = "conservative, default or permissive";

/** What the policy does beside its threshold. */
function baseOf(args: Arguments, policy: string): Partial<GatePolicy> & { kv: KvMode } {
  const conservative = policy === "conservative";
  const otherwise = conservative ? "exact" : "propagate";
  const kv = oneOf("--kv", args.text("--kv", otherwise), kvModes, "exact or propagate") as KvMode;
  return { kv, losslessReplay: conservative && kv === "exact" };
}

function readStream(path: string, limit: number): Uint8Array {
  const bytes = readWhole(path);
  if (bytes.length === 0) failInput(`${path}: empty, expected at least 1 byte`);
  return bytes.subarray(0, limit);
}

/** Checks that the data is enough and cuts it. */
function planBlocks(paths: readonly string[], streams: readonly Uint8Array[], warmUp: number): BlockPlan {
  streams.forEach(({ length }, i) => {
    if (warmUp === 0 || length > warmUp) return;
    failInput(`--warm-up ${warmUp}: ${paths[i]} has ${counted(length, "byte")}, nothing is left to count`);
  });
  const toCount = streams.reduce((sum, { length }) => sum + length - warmUp, 0);
  const plan = { warmUp, blockBytes: blockBytesFor(toCount) };
  const blocks = streams.reduce((sum, { length }) => sum + blocksOf(plan, length), 0);
  if (blocks < fewestBlocks) {
    const has = `${counted(blocks, "block")} of ${plan.blockBytes} bytes`;
    failInput(`--data: ${has}, calibrating needs at least ${fewestBlocks}`);
  }
  return plan;
}

export async function calibrate(args: Arguments): Promise<void> {
  const paths = args.texts("--data");
  if (paths.length === 0) failUsage("--data is required (see --help)");
  const target: RiskTarget = {
    risk: args.numberIn("--risk", 0.02, 0, 1),
    confidence: args.numberIn("--confidence", 0.95, 0.5, 0.999),
  };
  const most = 1n << 53n;
  const limit = Number(args.integer("--limit", 0n, 1n, most)) || Infinity;
  const warmUp = Number(args.integer("--warm-up", 0n, 1n, most));
  const rounds = Number(args.integer("--resamples", 0n, 0n, 1_000_000n));
  const policy = oneOf("--policy", args.text("--policy", "default"), thresholdPolicies, policyWords) as Policy;
  const base = baseOf(args, policy);
  const input = modelPath(args.text("--model", ""));
  const output = args.text("--out");
  const read = [{ option: "--model", path: input }, ...paths.map((path) => ({ option: "--data", path }))];
  expectApart({ option: "--out", path: output }, read);

  const { model, file } = await openModelFile(input);
  if (!describeFile(model.runtime, file).keys.some(({ name }) => name === "mgt.energy.weights")) {
    failInput(`${input}: has no mgt.energy.weights; the native program fits them (mgt calibrate --fit)`);
  }
  const streams = paths.map((path) => readStream(path, limit));
  const plan = planBlocks(paths, streams, warmUp);
  const losses = measureTable(model, streams, plan, base, target.risk);
  const blocks = Uint32Array.from(losses.dense.nats, (_, block) => block);
  const choice = chooseThreshold(losses, blocks, blocks.length, target);
  if (!choice) {
    failInput(
      `--risk ${fixed(target.risk, 4)}: no threshold keeps within it at confidence ${fixed(target.confidence, 2)} on ` +
        `${blocks.length} blocks; the safest, an energy of ${fixed(losses.candidates[0] as number, 4)}, has a bound of ` +
        `${fixed(lossBound(losses, 0, blocks, blocks.length, target.confidence), 4)}; more data or a larger risk may`,
    );
  }
  const resampling = rounds > 0 ? resample(losses, target, rounds) : undefined;
  const { name } = model;
  const found: Calibration = {
    model: name,
    policy,
    kv: base.kv,
    target,
    plan,
    losses,
    blocks,
    choice,
    resampling,
    output,
  };
  if (output !== undefined) writeCopy(model, input, file, policy, energyMaxOf(found), output);
  print(args.flag("--json") ? `${jsonText(calibrationJson(found))}\n` : calibrationText(found));
}

/** Writes the calibrated copy, having made sure that it loads. */
function writeCopy(
  { runtime }: Model,
  input: string,
  file: Uint8Array,
  policy: Policy,
  energyMax: number,
  output: string,
): void {
  const copy = unwrap(input, () => calibratedCopy(runtime, file, policy, energyMax));
  unwrap(output, () => Model.load(runtime, copy, "")).dispose();
  writeAtomically(output, copy);
}
