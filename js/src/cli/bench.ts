// mgt bench: how long one step or one window takes here, against the scalar kernels and the machine's limit.
import { Arguments, type CommandSpec } from "./args.js";
import { type BenchResult, measure } from "./bench-measure.js";
import { archOf, openModelFile } from "./engine.js";
import { failUsage } from "./failure.js";
import { describeFile } from "./file-tools.js";
import { type JsonValue, jsonText, ratio } from "./json.js";
import { print } from "./output.js";
import { memoryOption, modelOption, readSwitch } from "./session-flags.js";
import { bold, dim, fixed, percent, table } from "./terminal.js";
import type { Tier } from "../types.js";

export const spec: CommandSpec = {
  name: "bench",
  summary: "Time steps or windows on this machine",
  positionals: [],
  options: [
    { name: "--config", value: "NAME", help: "Shipped model: micro or baseline" },
    modelOption,
    {
      name: "--mode",
      value: "MODE",
      help: "step (one token), window (a whole context) or push (one answer every N tokens, exact) [step]",
    },
    { name: "--every", value: "N", help: "Mode push: tokens taken in for each answer asked for [16]" },
    {
      name: "--capacity",
      value: "SHARE",
      help: "Mode window: share of a window's multiply-adds that may be done, above 0 up to 1 [1]",
    },
    { name: "--tier", value: "N", help: "0 to 3, or all [0]" },
    memoryOption,
    { name: "--runs", value: "N", help: "Timed runs per tier, at least 300 [1000]" },
    { name: "--json", help: "Print one JSON object" },
  ],
  examples: `Examples:
  mgt bench --config baseline --tier all
  mgt bench --config micro --mode window --json
  mgt bench --config baseline --mode push --every 16
  MGT_ARCH=wasm-simd128 mgt bench --model my.gguf

One run is one step, or one window of the model's context length. Runs alternate with runs on the scalar kernels.
The limit is what WebAssembly reads on this core from a buffer of the size of the weights that a run uses; weights of
inactive neurons are counted but not read, so a share may pass 100 %.`,
};

/** The measured tiers of one model, and the machine they ran on. */
interface BenchReport {
  config: string;
  mode: string;
  tier: string;
  arch: string;
  results: [tier: string, result: BenchResult][];
}

export async function bench(args: Arguments): Promise<void> {
  const config = args.text("--config", "");
  const mode = args.text("--mode", "step");
  const tier = args.text("--tier", "0");
  if (config && args.text("--model")) failUsage("--config and --model: give one of them");
  if (config && config !== "micro" && config !== "baseline")
    failUsage(`--config ${config}: expected micro or baseline`);
  if (mode !== "step" && mode !== "window" && mode !== "push")
    failUsage(`--mode ${mode}: expected step, window or push`);
  if (!/^([0-3]|all)$/.test(tier)) failUsage(`--tier ${tier}: expected 0, 1, 2, 3 or all`);
  if (mode === "push" && tier !== "0") failUsage(`--tier ${tier}: mode push answers at tier 0`);
  if (mode !== "push" && args.text("--every") !== undefined) failUsage("--every needs --mode push");
  const every = Number(args.integer("--every", 16n, 1n, 4096n));
  if (mode !== "window" && args.text("--capacity") !== undefined) failUsage("--capacity needs --mode window");
  const capacity = args.number("--capacity") ?? 1;
  const runs = Number(args.integer("--runs", 1000n, 300n, 1000000n));
  const memory = readSwitch("--memory", args.text("--memory", "on"));

  const { model, file } = await openModelFile(config || args.text("--model", ""));
  const { tensors } = describeFile(model.runtime, file);
  const tiers = tier === "all" ? ["0", "1", "2", "3"] : [tier];
  const report: BenchReport = {
    config: config || model.name,
    mode,
    tier,
    arch: archOf(model),
    results: tiers.map((name) => [
      name,
      measure(model, tensors, { mode, tier: Number(name) as Tier, runs, memory, every, capacity }),
    ]),
  };
  print(args.flag("--json") ? `${jsonText(toJson(report))}\n` : toText(report));
}

function resultJson(result: BenchResult): { [key: string]: JsonValue } {
  return {
    runs: result.runs,
    tokens: result.tokens,
    p50_us: result.p50Us,
    p99_us: result.p99Us,
    gmacs: result.gmacs,
    gbytes_per_second: result.gbytesPerSecond,
    scalar_p50_us: result.scalarP50Us,
    scalar_ratio: ratio(result.scalarP50Us, result.p50Us),
    ...(result.steppingP50Us !== undefined && {
      stepping_p50_us: result.steppingP50Us,
      stepping_ratio: ratio(result.steppingP50Us, result.p50Us),
    }),
    read_limit_gbytes_per_second: result.readLimit,
    read_limit_share: ratio(result.gbytesPerSecond, result.readLimit),
  };
}

function toJson({ config, mode, tier, arch, results }: BenchReport): JsonValue {
  const [first] = results;
  if (tier !== "all" && first) return { config, mode, tier: Number(tier), arch, ...resultJson(first[1]) };
  const tiers = Object.fromEntries(results.map(([name, result]) => [name, resultJson(result)]));
  return { config, mode, tier, arch, tiers };
}

function toText({ config, mode, arch, results }: BenchReport): string {
  const heads = ["tier", "p50 us", "p99 us", "us/token", "GMAC/s", "GB/s", "of limit", "vs scalar"];
  const rows = results.map(([tier, result]) => [
    tier,
    fixed(result.p50Us, 2),
    fixed(result.p99Us, 2),
    fixed(result.p50Us / result.tokens, 2),
    fixed(result.gmacs, 1),
    fixed(result.gbytesPerSecond, 1),
    percent(ratio(result.gbytesPerSecond, result.readLimit), 0),
    `${fixed(ratio(result.scalarP50Us, result.p50Us), 1)}x`,
  ]);
  const first = results[0]?.[1];
  const headline =
    `${bold(config)}${dim("  mode ")}${mode}${dim("  arch ")}${arch}${dim("  runs ")}${first?.runs}` +
    `${dim("  tokens per run ")}${first?.tokens}`;
  const stepping =
    first?.steppingP50Us === undefined
      ? ""
      : `\n${fixed(ratio(first.steppingP50Us, first.p50Us), 1)}x the throughput of steps at tier 0\n`;
  return `${headline}\n\n${table([heads.map((head) => dim(head)), ...rows])}${stepping}`;
}
