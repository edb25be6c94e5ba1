// mgt verify: does a trace still say what it said when it was written?
import { Trace } from "../core/trace.js";
import { Arguments, type CommandSpec } from "./args.js";
import { openEngine } from "./engine.js";
import { failInput, unwrap } from "./failure.js";
import { ByteSource } from "./files.js";
import { type JsonValue, hex16, jsonText } from "./json.js";
import { print } from "./output.js";
import { green, withCommas } from "./terminal.js";

export const spec: CommandSpec = {
  name: "verify",
  summary: "Check a trace: every record's seal and the chain between them",
  positionals: [{ name: "TRACE", required: true, help: "Trace file, or - for stdin" }],
  options: [{ name: "--json", help: "Print one JSON object" }],
  examples: `Examples:
  mgt run --trace witness.jsonl app.log && mgt verify witness.jsonl

Recomputes the seal of every record and its link to the record before. A record that was changed, inserted,
moved or cut out of the middle ends the check with exit code 1 and the number of its step. The hash is not cryptographic:
it finds accidents and edits, it does not withstand someone who reseals the rest of the file.`,
};

/** Checks records one by one and remembers where the chain stands. */
class ChainChecker {
  readonly #path: string;
  readonly #trace: Trace;
  #records = 0;
  #firstStep = 0;
  #lastStep = 0;
  #lastHash = 0n;

  constructor(path: string, trace: Trace) {
    this.#path = path;
    this.#trace = trace;
  }

  get records(): number {
    return this.#records;
  }

  check(line: Uint8Array): void {
    const where = `${this.#path}: line ${this.#records + 1}`;
    const { step, hash, previousHash } = unwrap(where, () => this.#trace.parse(line));
    const differ = (how: string) => failInput(`${where}: step ${step} ${how}`);
    if (this.#records === 0) {
      this.#firstStep = step;
    } else {
      if (step !== this.#lastStep + 1) differ(`follows step ${this.#lastStep}`);
      if (previousHash !== this.#lastHash) {
        differ(`continues ${hex16(previousHash)}, the record before ends in ${hex16(this.#lastHash)}`);
      }
    }
    const sealed = this.#trace.seal();
    if (sealed !== hash) differ(`says hash ${hex16(hash)}, its fields give ${hex16(sealed)}`);
    this.#records++;
    this.#lastStep = step;
    this.#lastHash = hash;
  }

  json(): JsonValue {
    return {
      trace: this.#path,
      records: this.#records,
      first_step: this.#firstStep,
      last_step: this.#lastStep,
      last_hash: hex16(this.#lastHash),
    };
  }

  text(): string {
    return (
      `${this.#path}: ${withCommas(this.#records)} records, steps ${this.#firstStep} to ${this.#lastStep}, ` +
      `${green("unbroken")}; the chain ends in ${hex16(this.#lastHash)}\n`
    );
  }
}

export async function verify(args: Arguments): Promise<void> {
  const source = new ByteSource(args.text("TRACE", "-"));
  const trace = new Trace(await openEngine());
  const checker = new ChainChecker(source.name, trace);
  let pending = Buffer.alloc(0);
  for await (const chunk of source.chunks()) {
    let rest = Buffer.concat([pending, chunk]);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      checker.check(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
    }
    pending = rest;
    const most = 16 * trace.maxLineBytes;
    if (pending.length > most) failInput(`${source.name}: a line of over ${most} bytes is no trace record`);
  }
  if (pending.length > 0) checker.check(pending);
  if (checker.records === 0) failInput(`${source.name}: empty, expected at least 1 record`);
  print(args.flag("--json") ? `${jsonText(checker.json())}\n` : checker.text());
}
