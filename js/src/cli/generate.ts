// mgt generate: text on stdout as it comes, figures on stderr.
import type { Session } from "../session.js";
import type { GenerateOptions, GeneratedToken, SessionStats, Tier } from "../types.js";
import { Arguments, type CommandSpec } from "./args.js";
import { archOf, openModel } from "./engine.js";
import { failInput, failUsage, unwrap } from "./failure.js";
import { interrupted, stopOnInterrupt } from "./files.js";
import { type JsonValue, hex16, jsonText, ratio } from "./json.js";
import { print } from "./output.js";
import { tiersJson } from "./run-report.js";
import { openSession, readSessionOptions, sessionOptions } from "./session-flags.js";
import { durationText, fixed, percent } from "./terminal.js";

export const spec: CommandSpec = {
  name: "generate",
  summary: "Continue a prompt",
  positionals: [],
  options: [
    { name: "--prompt", value: "TEXT", help: "Text to continue" },
    { name: "-n", value: "N", help: "Bytes to make [100]" },
    { name: "--temperature", value: "T", help: "0 takes the most probable byte; up to 10 [0]" },
    { name: "--top-k", value: "K", help: "Draw among the K most probable bytes; 0: all [0]" },
    { name: "--top-p", value: "P", help: "Draw among the fewest most probable that hold this share [1]" },
    { name: "--seed", value: "S", help: "Of the draws [0]" },
    { name: "--logprobs", value: "N", help: "With --json: list this many alternatives to each byte [0]" },
    ...sessionOptions,
    { name: "--json", help: "Print one JSON object" },
  ],
  examples: `Examples:
  mgt generate --prompt 'import numpy as' -n 120
  mgt generate --prompt '2026-01-02 10:00:00 ' -n 400 --temperature 0.7 --seed 1 --policy permissive
  mgt generate --prompt 'def ' --temperature 1 --top-k 40 --top-p 0.95 --logprobs 3 --json

The same prompt, options and seed give the same text on every machine. Text goes to stdout as it is made,
figures go to stderr; with --json, one object goes to stdout instead.`,
};

/** The bytes made, the time it took, and the session's totals before and after. */
interface Generated {
  bytes: Buffer;
  /** With --logprobs. */
  logprobs: GeneratedToken[];
  seconds: number;
  prompt: SessionStats;
  total: SessionStats;
}

export async function generate(args: Arguments): Promise<void> {
  const options = readSessionOptions(args);
  const prompt = args.text("--prompt");
  if (prompt === undefined) failUsage("--prompt is required (see --help)");
  const n = Number(args.integer("-n", 100n, 1n, 1n << 30n));
  const temperature = args.number("--temperature") ?? 0;
  const topK = Number(args.integer("--top-k", 0n, 0n, 256n));
  const topP = args.number("--top-p") ?? 1;
  const seed = args.integer("--seed", 0n, 0n, (1n << 64n) - 1n);
  const logprobs = Number(args.integer("--logprobs", 0n, 0n, 20n));
  if (prompt === "") failInput("--prompt: empty, expected at least 1 byte");
  if (temperature !== 0 && !(temperature >= 0.01 && temperature <= 10)) {
    failUsage(`--temperature ${fixed(temperature, 3)}: expected 0, or 0.01 to 10`);
  }
  if (!(topP > 0 && topP <= 1)) failUsage(`--top-p ${fixed(topP, 3)}: expected over 0, at most 1`);

  const session = openSession(await openModel(args.text("--model", "")), options);
  stopOnInterrupt();
  const json = args.flag("--json");
  const draw = { temperature, topK, topP, seed, logprobs };
  const made = make(session, prompt, n, draw, json ? () => undefined : print);
  if (json) {
    print(`${jsonText(toJson(session, Buffer.byteLength(prompt), made, draw))}\n`);
    return;
  }
  if (process.stdout.isTTY || (made.bytes.length > 0 && made.bytes.at(-1) !== 10)) print("\n");
  reportFigures(session, made);
}

type Draw = Required<Omit<GenerateOptions, "n" | "signal">>;

function make(session: Session, prompt: string, n: number, draw: Draw, show: (byte: Uint8Array) => void): Generated {
  const drawing = unwrap("--prompt", () => session.startDrawing(prompt, draw));
  const before = session.stats;
  const bytes = Buffer.alloc(n);
  const logprobs: GeneratedToken[] = [];
  let count = 0;
  let milliseconds = 0;
  while (count < n && !interrupted()) {
    const start = performance.now();
    bytes[count] = drawing.next();
    milliseconds += performance.now() - start;
    if (draw.logprobs > 0) logprobs.push(drawing.read());
    show(bytes.subarray(count, ++count));
  }
  const made = bytes.subarray(0, count);
  return { bytes: made, logprobs, seconds: milliseconds / 1000, prompt: before, total: session.stats };
}

function tiersOf({ total, prompt }: Generated): SessionStats["tiers"] {
  const tiers = { ...total.tiers };
  for (const tier of [0, 1, 2, 3] as Tier[]) tiers[tier] -= prompt.tiers[tier];
  return tiers;
}

function toJson(session: Session, promptTokens: number, made: Generated, draw: Draw): JsonValue {
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
    ...(draw.logprobs > 0 && { logprobs: made.logprobs.map(logprobJson) }),
  };
}

function logprobJson({ token, logprob, top }: GeneratedToken): JsonValue {
  return { token, logprob, top: top.map((other) => ({ token: other.token, logprob: other.logprob })) };
}

function reportFigures(session: Session, made: Generated): void {
  const n = made.bytes.length;
  const layers = fixed(ratio(made.total.layersRun - made.prompt.layersRun, n), 2);
  const tiers = Object.values(tiersOf(made)).map((steps) => percent(ratio(steps, n), 0));
  process.stderr.write(
    `${process.stdout.isTTY ? "\n" : ""}${n} bytes, ${durationText(ratio(made.seconds, n))} per byte, ${layers} of ` +
      `${session.model.config.nLayers} layers per byte, tiers 0-3: ${tiers.join(" ")}\n`,
  );
}
