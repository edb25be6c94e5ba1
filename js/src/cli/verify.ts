// mgt verify: does a trace still say what it said when it was written, and would it be written again?
import { Trace } from "../core/trace.js";
import { Arguments, type CommandSpec } from "./args.js";
import { archOf, openEngine, openModel } from "./engine.js";
import { failInput, failUsage, unwrap } from "./failure.js";
import { ByteSource } from "./files.js";
import { type JsonValue, hex16, jsonText } from "./json.js";
import { print } from "./output.js";
import { openSession, readSessionOptions, sessionOptions } from "./session-flags.js";
import { green, withCommas } from "./terminal.js";
import { type Record, Recomputation, fieldsOf } from "./verify-recompute.js";

export const spec: CommandSpec = {
  name: "verify",
  summary: "Check a trace: its seals, its chain, and with --input every step",
  positionals: [{ name: "TRACE", required: true, help: "Trace file, or - for stdin" }],
  options: [
    { name: "--input", value: "FILE", help: "Run this stream again and compare every step" },
    { name: "--limit", value: "BYTES", help: "With --input: the trace covers this many bytes" },
    ...sessionOptions,
    { name: "--json", help: "Print one JSON object" },
  ],
  examples: `Examples:
  mgt run --trace witness.jsonl app.log && mgt verify witness.jsonl
  mgt verify witness.jsonl --input app.log
  mgt run --policy exact --limit 5000 --trace t.jsonl app.log && mgt verify t.jsonl --input app.log --limit 5000 \
--policy exact

Recomputes the seal of every record and its link to the record before. A record that was changed, inserted,
moved or cut out of the middle ends the check with exit code 1 and the number of its step. The hash is not cryptographic:
it finds accidents and edits, it does not withstand someone who reseals the rest of the file.
With --input the stream is run again, with the model and the options that the trace was written with, and the
first step and field that differ are named: that also finds a resealed file, on any machine. Without it nothing is
run, and the options of a session say nothing.`,
};

/** Checks records one by one and remembers where the chain stands. */
class ChainChecker {
  readonly #path: string;
  readonly #trace: Trace;
  #records = 0;
  #firstStep = 0;
  #lastStep = 0;
  #lastHash = 0n;
  #at = "";
  readonly #record: Uint8Array;

  constructor(path: string, trace: Trace) {
    this.#path = path;
    this.#trace = trace;
    this.#record = new Uint8Array(trace.recordBytes);
  }

  get lastStep(): number {
    return this.#lastStep;
  }

  get records(): number {
    return this.#records;
  }

  /** The next line's record, checked. */
  check(line: Uint8Array): Record {
    const where = `${this.#path}: line ${++this.#records}`;
    const witness = unwrap(where, () => this.#trace.parse(line));
    const { step, hash, previousHash } = witness;
    this.#at = `${where}: step ${step}`;
    if (this.#records === 1) {
      this.#firstStep = step;
    } else {
      if (step !== this.#lastStep + 1) this.differ(`follows step ${this.#lastStep}`);
      if (previousHash !== this.#lastHash) {
        this.differ(`continues ${hex16(previousHash)}, the record before ends in ${hex16(this.#lastHash)}`);
      }
    }
    const sealed = this.#trace.seal();
    if (sealed !== hash) this.differ(`says hash ${hex16(hash)}, its fields give ${hex16(sealed)}`);
    this.#lastStep = step;
    this.#lastHash = hash;
    this.#trace.keep(witness, this.#record, 0);
    return { step, previousHash, fields: fieldsOf(this.#trace.format(this.#record)) };
  }

  /** Ends with: the record last checked differs from what it ought to be. */
  readonly differ = (how: string): never => failInput(`${this.#at} ${how}`);

  json(again: Recomputation | undefined): JsonValue {
    return {
      trace: this.#path,
      records: this.#records,
      first_step: this.#firstStep,
      last_step: this.#lastStep,
      last_hash: hex16(this.#lastHash),
      ...(again && {
        model: again.session.model.name,
        policy: again.session.policy,
        arch: archOf(again.session.model),
        recomputed: again.session.stats.tokens,
      }),
    };
  }

  text(again: Recomputation | undefined): string {
    return (
      `${this.#path}: ${withCommas(this.#records)} records, steps ${this.#firstStep} to ${this.#lastStep}, ` +
      `${green("unbroken")}; the chain ends in ${hex16(this.#lastHash)}${again ? ", as recomputed" : ""}\n`
    );
  }
}

/** The session that the trace was made with, if it is to be made again. */
async function openRecomputation(args: Arguments, trace: string): Promise<[Trace, Recomputation | undefined]> {
  const input = args.text("--input");
  const limit = Number(args.integer("--limit", 0n, 1n, 1n << 53n)) || Infinity;
  if (input === undefined) {
    if (limit !== Infinity) failUsage("--limit needs --input");
    return [new Trace(await openEngine()), undefined];
  }
  if (input === "-" && trace === "-") failUsage("--input -: TRACE is stdin already");
  const options = readSessionOptions(args);
  if (options.deadlineUs && !options.stepBoundsUs) {
    failUsage("--deadline needs --step-bounds here: those that the run printed");
  }
  const model = await openModel(args.text("--model", ""));
  const lines = new Trace(model.runtime);
  return [lines, new Recomputation(openSession(model, options), lines, new ByteSource(input), limit)];
}

export async function verify(args: Arguments): Promise<void> {
  const path = args.text("TRACE", "-");
  const source = new ByteSource(path);
  const [trace, again] = await openRecomputation(args, path);
  const checker = new ChainChecker(source.name, trace);
  const check = async (line: Uint8Array) => {
    const record = checker.check(line);
    if (again) await again.compare(record, checker.differ);
  };
  let pending = Buffer.alloc(0);
  for await (const chunk of source.chunks()) {
    let rest = Buffer.concat([pending, chunk]);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      await check(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
    }
    pending = rest;
    const most = 16 * trace.maxLineBytes;
    if (pending.length > most) failInput(`${source.name}: a line of over ${most} bytes is no trace record`);
  }
  if (pending.length > 0) await check(pending);
  if (checker.records === 0) failInput(`${source.name}: empty, expected at least 1 record`);
  if (again) await again.expectEnd(source.name, checker.lastStep);
  print(args.flag("--json") ? `${jsonText(checker.json(again))}\n` : checker.text(again));
}
