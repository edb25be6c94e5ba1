// mgt run: a file or stdin through the model, byte by byte.
import { closeSync, openSync, writeFileSync } from "node:fs";
import { Trace } from "../core/trace.js";
import type { Model } from "../model.js";
import type { Session } from "../session.js";
import type { SessionOptions } from "../types.js";
import { Arguments, type CommandSpec } from "./args.js";
import { modelPath, openModel } from "./engine.js";
import { failInput, failSystem, failUsage, unwrap } from "./failure.js";
import { ByteSource, expectApart, interrupted, readWhole, writeAtomically } from "./files.js";
import { jsonText } from "./json.js";
import { print } from "./output.js";
import { runJson, runText } from "./run-report.js";
import { Stream, blockBytes } from "./run-stream.js";
import { openSession, readSessionOptions, sessionOptions } from "./session-flags.js";
import { Progress } from "./terminal.js";

export const spec: CommandSpec = {
  name: "run",
  summary: "Stream a file or stdin through the model and report",
  positionals: [{ name: "FILE", required: false, help: "Input; - or none reads stdin" }],
  options: [
    ...sessionOptions,
    { name: "--compare", help: "Run the dense model beside it and compare" },
    { name: "--trace", value: "FILE", help: "Write one JSON line per step" },
    { name: "--limit", value: "BYTES", help: "Stop after this many bytes" },
    { name: "--load-state", value: "FILE", help: "Continue the session that this file holds" },
    { name: "--save-state", value: "FILE", help: "Write the session into a file after the stream" },
    { name: "--json", help: "Print one JSON object" },
  ],
  examples: `Examples:
  mgt run --compare /var/log/dpkg.log
  mgt run --policy exact --json notes.txt
  mgt run --policy custom --energy-max 0.02 app.log
  mgt run --deadline 20 app.log
  mgt run --load-state app.state --save-state app.state app.log.2
  tail -f app.log | mgt run --trace witness.jsonl     (Ctrl-C ends the stream and prints the report)`,
};

export async function run(args: Arguments): Promise<void> {
  const options = readSessionOptions(args);
  const input = args.text("FILE", "-");
  const trace = args.text("--trace");
  const limit = Number(args.integer("--limit", 0n, 1n, 1n << 53n)) || Infinity;
  const saveState = args.text("--save-state");
  const loadState = args.text("--load-state");
  if (loadState !== undefined && args.flag("--compare")) {
    failUsage(`--load-state ${loadState}: there is no such state for the dense model of --compare`);
  }
  refuseOverwriting(args);
  const source = new ByteSource(input);
  const stream = await openStream(args, options);
  await withTraceFile(trace, (write) => pump(source, limit, stream, write));

  if (stream.gated.tokens === 0) failInput(`${source.name}: empty, expected at least 1 byte`);
  if (saveState !== undefined) writeAtomically(saveState, stream.gated.session.snapshot());
  print(args.flag("--json") ? `${jsonText(runJson(stream))}\n` : runText(stream));
}

/** What is written must not be what is read; a state may be continued in its own file. */
function refuseOverwriting(args: Arguments): void {
  const named = (option: string) => ({ option, path: args.text(option) });
  const input = args.text("FILE") === "-" ? [] : [named("FILE")];
  const read = [...input, { option: "--model", path: modelPath(args.text("--model", "")) }];
  expectApart(named("--trace"), [...read, named("--load-state")]);
  expectApart(named("--save-state"), [...read, named("--trace")]);
}

async function openStream(args: Arguments, options: SessionOptions): Promise<Stream> {
  const model = await openModel(args.text("--model", ""));
  const { tier: _tier, kv: _kv, custom: _custom, replay: _replay, deadlineUs: _deadline, ...rest } = options;
  const dense = args.flag("--compare") ? openSession(model, { ...rest, policy: "dense" }) : undefined;
  return new Stream(
    openGated(args, model, options),
    dense,
    args.text("--trace") ? new Trace(model.runtime) : undefined,
  );
}

/** The gated session, where a snapshot left it. */
function openGated(args: Arguments, model: Model, options: SessionOptions): Session {
  const session = openSession(model, options);
  const path = args.text("--load-state");
  if (path !== undefined) unwrap(path, () => session.restore(readWhole(path)));
  return session;
}

/** Feeds the input to the stream until its end, the limit or Ctrl-C. */
async function pump(source: ByteSource, limit: number, stream: Stream, write: (text: string) => void): Promise<void> {
  source.stopOnInterrupt();
  const total = source.sizeBytes ?? Infinity;
  const progress = new Progress(Number.isFinite(Math.min(total, limit)) ? Math.min(total, limit) : undefined);
  let done = 0;
  for await (const chunk of source.chunks()) {
    for (let at = 0; at < chunk.length && done < limit && !interrupted();) {
      const block = chunk.subarray(at, at + Math.min(blockBytes, limit - done));
      stream.runBlock(block);
      write(stream.traceLines(block.length));
      at += block.length;
      done += block.length;
      progress.update(done);
    }
    if (done >= limit || interrupted()) break;
  }
  progress.clear();
}

async function withTraceFile(path: string | undefined, work: (write: (text: string) => void) => Promise<void>) {
  if (path === undefined) return work(() => undefined);
  const guarded = <T>(call: () => T): T => {
    try {
      return call();
    } catch (error) {
      failSystem(path, error);
    }
  };
  let descriptor: number | undefined; // once there is something to write: an input that fails leaves the file as it was
  try {
    await work((text) =>
      guarded(() => {
        descriptor ??= openSync(path, "w");
        writeFileSync(descriptor, text); // all of it, which one write may not
      }),
    );
  } finally {
    const opened = descriptor;
    if (opened !== undefined) guarded(() => closeSync(opened));
  }
}
