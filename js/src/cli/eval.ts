// mgt eval: a workload, gated against dense.
import type { Model } from "../model.js";
import { Arguments, type CommandSpec } from "./args.js";
import { openModel } from "./engine.js";
import { workloadJson, workloadText } from "./eval-report.js";
import { measureStream } from "./eval-streaming.js";
import { type Part, type Workload, loadWorkload, readPart, shippedWorkloads } from "./eval-workload.js";
import { type JsonValue, jsonText } from "./json.js";
import { print } from "./output.js";
import { openSession, readSessionOptions, sessionOptions } from "./session-flags.js";
import { Progress } from "./terminal.js";

export const spec: CommandSpec = {
  name: "eval",
  summary: "Measure a workload, gated against dense",
  positionals: [],
  options: [
    {
      name: "--workload",
      value: "NAME",
      help: "streaming, interactive, continuous, safety, unseen, or a manifest (default: the first four)",
    },
    { name: "--part", value: "PART", help: "held or calibration [held]" },
    { name: "--warm", help: "Go through what came before the part first, uncounted" },
    ...sessionOptions.map((option) =>
      option.name === "--policy" ? { ...option, help: option.help.replace("[default]", "[the workload's]") } : option,
    ),
    { name: "--limit", value: "BYTES", help: "Bytes of each stream at most" },
    { name: "--json", help: "Print one JSON object" },
  ],
  examples: `Examples:
  mgt eval
  mgt eval --workload streaming
  mgt eval --workload mine.json --part calibration --json

The named workloads need a checkout of the repository, where their streams lie; the installed package takes a manifest of
your own.
The native program also has --gate, --routing and --signals, which study the gate.`,
};

/** What a measured workload says, for machines and for people. */
interface WorkloadReport {
  json: JsonValue;
  text: string;
}

/** The workload asked for, or all that are shipped: their manifests are read before the first is run. */
export async function evaluate(args: Arguments): Promise<void> {
  const choice = args.text("--workload");
  const part = readPart(args.text("--part", "held"));
  const limit = Number(args.integer("--limit", 0n, 1n, 1n << 53n)) || Infinity;
  const workloads = (choice === undefined ? shippedWorkloads : [choice]).map((name) => loadWorkload(name, part, limit));
  const model = await openModel(args.text("--model", ""));
  const all: JsonValue[] = [];
  for (const workload of workloads) {
    const { json, text } = evaluateWorkload(args, model, workload, part);
    if (!args.flag("--json")) print(all.length === 0 ? text : `\n${text}`);
    all.push(json);
  }
  if (args.flag("--json")) print(`${jsonText(choice === undefined ? { workloads: all } : (all[0] as JsonValue))}\n`);
}

function evaluateWorkload(args: Arguments, model: Model, workload: Workload, part: Part): WorkloadReport {
  const warm = args.flag("--warm");
  const options = readSessionOptions(args, workload.policy);
  const { tier: _tier, kv: _kv, custom: _custom, replay: _replay, deadlineUs: _deadline, ...rest } = options;
  using gated = openSession(model, options);
  using dense = openSession(model, { ...rest, policy: "dense" });

  const total = workload.streams.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const progress = new Progress(total);
  let before = 0;
  const figures = workload.streams.map((stream) => {
    const measured = measureStream(stream, warm, gated, dense, (done) => progress.update(before + done));
    before += stream.bytes.length;
    return measured;
  });
  progress.clear();
  const run = { workload, part, warm, gated };
  return { json: workloadJson(run, figures), text: workloadText(run, figures) };
}
