// mgt eval: a workload, gated against dense.
import { Arguments, type CommandSpec } from "./args.js";
import { openModel } from "./engine.js";
import { workloadJson, workloadText } from "./eval-report.js";
import { measureStream } from "./eval-streaming.js";
import { loadWorkload, readPart } from "./eval-workload.js";
import { failUsage } from "./failure.js";
import { jsonText } from "./json.js";
import { print } from "./output.js";
import { openSession, readSessionOptions, sessionOptions } from "./session-flags.js";
import { Progress } from "./terminal.js";

export const spec: CommandSpec = {
  name: "eval",
  summary: "Measure a workload, gated against dense",
  positionals: [],
  options: [
    { name: "--workload", value: "NAME", help: "streaming, interactive, continuous, safety, unseen, or a manifest" },
    { name: "--part", value: "PART", help: "held or calibration [held]" },
    { name: "--warm", help: "Go through what came before the part first, uncounted" },
    ...sessionOptions.map((option) =>
      option.name === "--policy" ? { ...option, help: option.help.replace("[default]", "[the workload's]") } : option,
    ),
    { name: "--limit", value: "BYTES", help: "Bytes of each stream at most" },
    { name: "--json", help: "Print one JSON object" },
  ],
  examples: `Examples:
  mgt eval --workload streaming
  mgt eval --workload mine.json --part calibration --json

The named workloads need a checkout of the repository, where their streams lie; the installed package takes a manifest of
your own.
The native program also has --gate, --routing and --signals, which study the gate.`,
};

export async function evaluate(args: Arguments): Promise<void> {
  const choice = args.text("--workload") ?? failUsage("--workload is required (see --help)");
  const part = readPart(args.text("--part", "held"));
  const warm = args.flag("--warm");
  const limit = Number(args.integer("--limit", 0n, 1n, 1n << 53n)) || Infinity;
  const workload = loadWorkload(choice, part, limit);
  const options = readSessionOptions(args, workload.policy);
  const model = await openModel(args.text("--model", ""));
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
  print(args.flag("--json") ? `${jsonText(workloadJson(run, figures))}\n` : workloadText(run, figures));
}
