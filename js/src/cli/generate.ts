// mgt generate: text on stdout as it comes, figures on stderr.
import { Breather } from "../core/breather.js";
import type { Drawing } from "../core/drawing.js";
import type { Session } from "../session.js";
import type { GenerateOptions, GenerateStats, GeneratedToken, SessionOptions, SessionStats, Tier } from "../types.js";
import { Arguments, type CommandSpec } from "./args.js";
import { archOf, openModel } from "./engine.js";
import { failInput, failUsage, unwrap } from "./failure.js";
import { interrupted, stopOnInterrupt } from "./files.js";
import { type JsonValue, hex16, jsonText, ratio } from "./json.js";
import { print } from "./output.js";
import { tiersJson } from "./run-report.js";
import { openSession, readSessionOptions, sessionOptions } from "./session-flags.js";
import { durationText, fixed, percent, withCommas } from "./terminal.js";

export const spec: CommandSpec = {
  name: "generate",
  summary: "Continue a prompt",
  positionals: [],
  options: [
    { name: "--prompt", value: "TEXT", help: "Text to continue; Node hands over bytes that are no UTF-8 as U+FFFD" },
    { name: "-n", value: "N", help: "Bytes to make [100]" },
    { name: "--temperature", value: "T", help: "0 takes the most probable byte; up to 10 [0]" },
    { name: "--top-k", value: "K", help: "Draw among the K most probable bytes; 0: all [0]" },
    { name: "--top-p", value: "P", help: "Draw among the fewest most probable that hold this share [1]" },
    { name: "--seed", value: "S", help: "Of the draws [0]" },
    { name: "--logprobs", value: "N", help: "With --json: list this many alternatives to each byte [0]" },
    { name: "--speculative", help: "Compute what probably follows in batches: the same text, sooner (policy: exact)" },
    { name: "--compare", help: "Speculate, and time generation without it and without replay beside it" },
    ...sessionOptions,
    { name: "--json", help: "Print one JSON object" },
  ],
  examples: `Examples:
  mgt generate --prompt 'import numpy as' -n 120
  mgt generate --prompt '2026-01-02 10:00:00 ' -n 400 --temperature 0.7 --seed 1 --policy permissive
  mgt generate --prompt 'def ' --temperature 1 --top-k 40 --top-p 0.95 --logprobs 3 --json
  mgt generate --prompt "$(tail -n 9 /var/log/dpkg.log)" -n 400 --speculative --compare

The same prompt, options and seed give the same text on every machine. Text goes to stdout as it is made,
figures go to stderr; with --json, one object goes to stdout instead.`,
};

/** The bytes made, the time it took, and the session's totals before and after. */
interface Generated {
  bytes: Buffer;
  /** With --logprobs. */
  logprobs: GeneratedToken[];
  seconds: number;
  stats: GenerateStats;
  prompt: SessionStats;
  total: SessionStats;
}

/** What was made, and what the plain session made beside it. */
interface Both {
  made: Generated;
  plain: Generated | undefined;
}

type Draw = Required<Omit<GenerateOptions, "n" | "signal">>;

export async function generate(args: Arguments): Promise<void> {
  const compare = args.flag("--compare");
  const speculative = compare || args.flag("--speculative");
  const options = readSessionOptions(args);
  // The gate of the default policy leaves layers out by itself; speculation needs one that does not. Beside it replay
  // takes what comes back.
  if (speculative && args.text("--policy") === undefined) options.policy = "exact";
  const prompt = args.text("--prompt");
  if (prompt === undefined) failUsage("--prompt is required (see --help)");
  const n = Number(args.integer("-n", 100n, 1n, 1n << 30n));
  const draw = readDraw(args, speculative);
  if (draw.logprobs > 0 && !args.flag("--json")) failUsage("--logprobs needs --json");
  if (prompt === "") failInput("--prompt: empty, expected at least 1 byte");

  const model = await openModel(args.text("--model", ""));
  const session = openSession(model, options);
  const plain = compare ? openSession(model, withoutShortcuts(options)) : undefined;
  stopOnInterrupt();
  const json = args.flag("--json");
  const both = await make(session, plain, prompt, n, draw, json ? () => undefined : print);
  if (json) {
    print(`${jsonText(toJson(session, Buffer.byteLength(prompt), both, draw))}\n`);
    return;
  }
  if (process.stdout.isTTY || (both.made.bytes.length > 0 && both.made.bytes.at(-1) !== 10)) print("\n");
  reportFigures(session, both, draw);
}

/** The same answers, every layer run step by step. */
function withoutShortcuts(options: SessionOptions): SessionOptions {
  return options.policy === "exact" ? { ...options, policy: "dense", replay: 0 } : options;
}

function readDraw(args: Arguments, speculative: boolean): Draw {
  const temperature = args.number("--temperature") ?? 0;
  const topK = Number(args.integer("--top-k", 0n, 0n, 256n));
  const topP = args.number("--top-p") ?? 1;
  const seed = args.integer("--seed", 0n, 0n, (1n << 64n) - 1n);
  const logprobs = Number(args.integer("--logprobs", 0n, 0n, 20n));
  if (temperature !== 0 && !(temperature >= 0.01 && temperature <= 10)) {
    failUsage(`--temperature ${temperature}: expected 0, or 0.01 to 10`);
  }
  if (!(topP > 0 && topP <= 1)) failUsage(`--top-p ${topP}: expected over 0, at most 1`);
  return { temperature, topK, topP, seed, logprobs, speculative };
}

/** Bytes that one session makes before the other, or a signal, gets its turn. */
const turnBytes = 64;

/** One session at work. */
class Maker {
  readonly #session: Session;
  readonly #drawing: Drawing;
  readonly #draw: Draw;
  #bytes = Buffer.alloc(4096);
  readonly #logprobs: GeneratedToken[] = [];
  readonly #prompt: SessionStats;
  #milliseconds = 0;
  count = 0;

  constructor(session: Session, prompt: string, draw: Draw) {
    this.#session = session;
    this.#draw = draw;
    this.#drawing = unwrap("", () => session.startDrawing(prompt, draw));
    this.#prompt = session.stats;
  }

  /** Makes bytes until there are `n`. */
  makeUntil(n: number, show: (byte: Uint8Array) => void): void {
    while (this.count < n) {
      if (this.count === this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes], 2 * this.count);
      const start = performance.now();
      this.#bytes[this.count] = this.#drawing.next();
      this.#milliseconds += performance.now() - start;
      if (this.#draw.logprobs > 0) this.#logprobs.push(this.#drawing.read());
      show(this.#bytes.subarray(this.count, ++this.count));
    }
  }

  finish(): Generated {
    const { stats: total, generateStats: stats } = this.#session;
    const bytes = this.#bytes.subarray(0, this.count);
    return { bytes, logprobs: this.#logprobs, seconds: this.#milliseconds / 1000, stats, prompt: this.#prompt, total };
  }
}

/** Makes `n` bytes, or fewer where Ctrl-C comes; the sessions take turns. */
async function make(
  session: Session,
  plain: Session | undefined,
  prompt: string,
  n: number,
  draw: Draw,
  show: (byte: Uint8Array) => void,
): Promise<Both> {
  const maker = new Maker(session, prompt, draw);
  const reference = plain && new Maker(plain, prompt, { ...draw, speculative: false });
  const silent = () => undefined;
  const breather = new Breather(); // a signal is heard of when the event loop runs
  let plainFirst = false;
  for (let turn = 0; turn < n && !interrupted(); turn += turnBytes, plainFirst = !plainFirst) {
    const until = Math.min(n, turn + turnBytes);
    if (plainFirst) reference?.makeUntil(until, silent);
    maker.makeUntil(until, show);
    reference?.makeUntil(until, silent);
    if (breather.due) await breather.breathe();
  }
  return { made: maker.finish(), plain: reference?.finish() };
}

function tiersOf({ total, prompt }: Generated): SessionStats["tiers"] {
  const tiers = { ...total.tiers };
  for (const tier of [0, 1, 2, 3] as Tier[]) tiers[tier] -= prompt.tiers[tier];
  return tiers;
}

const acceptance = ({ accepted, drafted }: GenerateStats) => ratio(accepted, drafted);
const tokensPerRound = ({ tokens, rounds }: GenerateStats) => ratio(tokens, rounds);

function speculativeJson(stats: GenerateStats): JsonValue {
  const { rounds, drafted, accepted } = stats;
  return { rounds, drafted, accepted, acceptance: acceptance(stats), tokens_per_round: tokensPerRound(stats) };
}

function toJson(session: Session, promptTokens: number, { made, plain }: Both, draw: Draw): JsonValue {
  return {
    model: session.model.name,
    policy: session.policy,
    arch: archOf(session.model),
    prompt_tokens: promptTokens,
    tokens: made.bytes.length,
    temperature: Math.fround(draw.temperature),
    top_k: draw.topK,
    top_p: Math.fround(draw.topP),
    seed: draw.seed,
    text: new TextDecoder("utf-8", { ignoreBOM: true }).decode(made.bytes),
    seconds: made.seconds,
    tokens_per_second: ratio(made.bytes.length, made.seconds),
    tiers: tiersJson(tiersOf(made)),
    layers_run: made.total.layersRun - made.prompt.layersRun,
    layers_replayed: made.total.layersReplayed - made.prompt.layersReplayed,
    logits_hash: hex16(made.total.logitsHash),
    ...(draw.speculative && { speculative: speculativeJson(made.stats) }),
    ...(plain && {
      plain: { seconds: plain.seconds, logits_hash: hex16(plain.total.logitsHash) },
      speedup: ratio(plain.seconds, made.seconds),
    }),
    ...(draw.logprobs > 0 && { logprobs: made.logprobs.map(logprobJson) }),
  };
}

function logprobJson({ token, logprob, top }: GeneratedToken): JsonValue {
  return { token, logprob, top: top.map((other) => ({ token: other.token, logprob: other.logprob })) };
}

function reportFigures(session: Session, { made, plain }: Both, draw: Draw): void {
  const n = made.bytes.length;
  const layers = fixed(ratio(made.total.layersRun - made.prompt.layersRun, n), 2);
  const tiers = Object.values(tiersOf(made)).map((steps) => percent(ratio(steps, n), 0));
  process.stderr.write(
    `${process.stdout.isTTY ? "\n" : ""}${n} bytes, ${durationText(ratio(made.seconds, n))} per byte, ${layers} of ` +
      `${session.model.config.nLayers} layers per byte, tiers 0-3: ${tiers.join(" ")}\n`,
  );
  if (!draw.speculative) return;
  const { stats } = made;
  const same = plain?.total.logitsHash === made.total.logitsHash;
  const beside = plain
    ? `; ${fixed(ratio(plain.seconds, made.seconds), 2)}x as fast as without, ` +
      (same ? "bit for bit the same answers" : "WITH OTHER ANSWERS")
    : "";
  process.stderr.write(
    `${fixed(tokensPerRound(stats), 2)} bytes per round, ${percent(acceptance(stats), 1)} of ` +
      `${withCommas(stats.drafted)} drafts accepted${beside}\n`,
  );
}
