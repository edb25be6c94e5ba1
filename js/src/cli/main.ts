#!/usr/bin/env node
// mgt in Node: commands of the native program on WebAssembly, with its options, JSON and exit codes. What it lacks is
// listed in js/README.md.
import { Arguments, type CommandSpec, asksForHelp, helpText } from "./args.js";
import * as bench from "./bench.js";
import * as calibration from "./calibrate.js";
import * as convert from "./convert.js";
import * as evaluation from "./eval.js";
import { exitCodes, failUsage, toFailure } from "./failure.js";
import * as generate from "./generate.js";
import * as inspect from "./inspect.js";
import { BrokenPipe, print } from "./output.js";
import * as run from "./run.js";
import * as verify from "./verify.js";

declare const MGT_VERSION: string;

interface Command {
  spec: CommandSpec;
  run(args: Arguments): Promise<void>;
}

const commands: readonly Command[] = [
  { spec: run.spec, run: run.run },
  { spec: generate.spec, run: generate.generate },
  { spec: bench.spec, run: bench.bench },
  { spec: inspect.spec, run: inspect.inspect },
  { spec: convert.spec, run: convert.convert },
  { spec: verify.spec, run: verify.verify },
  { spec: evaluation.spec, run: evaluation.evaluate },
  { spec: calibration.spec, run: calibration.calibrate },
];

function commandNames(): string {
  const names = commands.map(({ spec }) => spec.name);
  return `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

function overview(): string {
  const list = commands.map(({ spec }) => `  ${spec.name.padEnd(10)} ${spec.summary}`).join("\n");
  return `A mincut-gated transformer for streams of bytes.
Usage: mgt [OPTIONS] COMMAND

  -h, --help     Print this help and exit
  --version      Print the version and exit

Commands:
${list}

Examples:
  mgt run --compare /var/log/dpkg.log     stream a file, gated beside dense
  tail -f app.log | mgt run --trace t.jsonl
  mgt generate --prompt 'def main(' -n 200
  mgt bench --config micro --tier all

Environment:
  MGT_MODEL  model file used without --model
  MGT_ARCH   wasm-relaxed, wasm-simd128 or scalar; all give the same bits
  NO_COLOR   no colours

Exit codes: 0 ok, 1 bad input, 2 usage, 3 internal.
`;
}

async function main([first, ...words]: string[]): Promise<void> {
  if (first === "--version") return print(`mgt ${MGT_VERSION}\n`);
  if (first === "-h" || first === "--help") return print(overview());
  if (first === undefined) failUsage(`no command: expected ${commandNames()} (see --help)`);
  const command = commands.find(({ spec }) => spec.name === first);
  if (!command) failUsage(`the following argument was not expected: ${first} (see --help)`);
  if (asksForHelp(command.spec, words)) return print(helpText(command.spec));
  await command.run(new Arguments(command.spec, words));
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof BrokenPipe)) {
    const failure = toFailure(error);
    // One line on stderr, whatever file names or messages contain.
    process.stderr.write(`mgt: ${failure.message.replace(/[\x00-\x1f\x7f]/g, " ")}\n`);
    process.exitCode = exitCodes[failure.exit];
  }
}
