// The options that shape a session, shared by the commands that open one.
import { kvModes, policies } from "../core/names.js";
import type { Model } from "../model.js";
import type { Session } from "../session.js";
import type { KvMode, Policy, SessionOptions, StepBounds, Tier } from "../types.js";
import type { Arguments, OptionSpec } from "./args.js";
import { failUsage, unwrap } from "./failure.js";
import { parseNumber } from "./numbers.js";
import { parseRules, ruleNames } from "./rules.js";

export const modelOption: OptionSpec = {
  name: "--model",
  value: "FILE",
  help: "GGUF file, or micro, baseline or baseline-int4 (default: $MGT_MODEL, or baseline)",
};

export const memoryOption: OptionSpec = {
  name: "--memory",
  value: "on|off",
  help: "Mix with the stream memory: on or off [on]",
};

export const sessionOptions: readonly OptionSpec[] = [
  modelOption,
  { name: "--policy", value: "NAME", help: "dense, exact, conservative, default, permissive or custom [default]" },
  { name: "--tier", value: "N", help: "Run every step at this tier: 0 to 3, or auto to let the gate choose [auto]" },
  { name: "--kv", value: "MODE", help: "What a shortened step leaves: exact or propagate (default: the policy's)" },
  memoryOption,
  { name: "--window", value: "N", help: "Attention window in tokens (default: the model's)" },
  {
    name: "--replay",
    value: "N",
    help: "Positions of history in which work done before is found again; 0: off (default: 8192 for exact and conservative)",
  },
  { name: "--memory-confidence", value: "X", help: "With --policy custom: skip where the memory is this certain" },
  { name: "--exit-confidence", value: "X", help: "With --policy custom: exit where the answer is this sure" },
  {
    name: "--energy-max",
    value: "X",
    help: "With --policy custom: skip or exit where the probability that the answer costs over a bit more than all layers' would is at most this",
  },
  {
    name: "--energy-hysteresis",
    value: "X",
    help: "With --energy-max: after a step of all layers it holds lowered by this, in log-odds (default: 0.7)",
  },
  {
    name: "--rules",
    value: "NAME=N,...",
    help: `With --policy custom: thresholds of the safety rules, of ${ruleNames}`,
  },
  { name: "--deadline", value: "US", help: "Microseconds a step may take; the gate goes as deep as its bound allows" },
  {
    name: "--step-bounds",
    value: "US,US,US,US",
    help: "Bounds of a step at tier 0,1,2,3 in microseconds (default with --deadline: measured at the start)",
  },
];

/** What the words mean; `policy` is taken where none is named. Errors: usage, naming the option and what it takes. */
export function readSessionOptions(args: Arguments, policy = "default"): SessionOptions {
  const options: SessionOptions = {
    policy: oneOf("--policy", args.text("--policy", policy), policies, `one of ${policies.join(", ")}`) as Policy,
    memory: readSwitch("--memory", args.text("--memory", "on")),
  };
  const tier = readTier(args.text("--tier", "auto"));
  if (tier !== undefined) options.tier = tier;
  const window = Number(args.integer("--window", 0n, 0n, 0xffffffffn));
  if (window > 0) options.window = window;
  if (args.text("--replay") !== undefined) options.replay = Number(args.integer("--replay", 0n, 0n, 0xffffffffn));
  const kv = args.text("--kv");
  if (kv !== undefined) options.kv = oneOf("--kv", kv, kvModes, "exact or propagate") as KvMode;

  const memoryConfidence = args.number("--memory-confidence");
  const exitConfidence = args.number("--exit-confidence");
  const energyMax = args.number("--energy-max");
  const energyHysteresis = args.number("--energy-hysteresis");
  const thresholds = { memoryConfidence, exitConfidence, energyMax, energyHysteresis };
  const given = Object.fromEntries(Object.entries(thresholds).filter(([, value]) => value !== undefined));
  const some = Object.keys(given).length > 0;
  if (some && options.policy !== "custom") {
    failUsage(`--memory-confidence, --exit-confidence and --energy-max need --policy custom, not ${options.policy}`);
  }
  if (energyHysteresis !== undefined && energyMax === undefined) failUsage("--energy-hysteresis needs --energy-max");
  const rules = args.text("--rules");
  if (rules !== undefined && options.policy !== "custom") {
    failUsage(`--rules needs --policy custom, not ${options.policy}`);
  }
  if (!some && rules === undefined && options.policy === "custom") {
    failUsage("--policy custom needs --energy-max, --memory-confidence, --exit-confidence or --rules");
  }
  if (options.policy === "custom") options.custom = { ...given, ...(rules !== undefined && parseRules(rules)) };
  readDeadline(args, options);
  return options;
}

function readDeadline(args: Arguments, options: SessionOptions): void {
  const deadline = args.number("--deadline");
  const bounds = args.text("--step-bounds");
  if (deadline !== undefined) options.deadlineUs = deadline;
  if (bounds === undefined) return;
  options.stepBoundsUs = parseStepBounds(bounds);
  if (deadline === undefined) failUsage("--step-bounds needs --deadline");
}

/** A comma behind the last one is no number. */
function parseStepBounds(text: string): StepBounds {
  const parts = text.split(",");
  if (parts.length > 1 && parts.at(-1) === "") parts.pop();
  const bounds = parts.map((part) => parseNumber("--step-bounds", part));
  if (bounds.length !== 4) failUsage(`--step-bounds ${text}: expected 4 numbers, not ${bounds.length}`);
  return bounds as unknown as StepBounds;
}

/** `text` where it is known. Errors: usage, naming the option and what it takes. */
export function oneOf(option: string, text: string, known: readonly string[], expected: string): string {
  return known.includes(text) ? text : failUsage(`${option} ${text}: expected ${expected}`);
}

/** "auto" is no tier; "0" to "3" are. */
export function readTier(text: string): Tier | undefined {
  if (text === "auto") return undefined;
  if (/^[0-3]$/.test(text)) return Number(text) as Tier;
  failUsage(`--tier ${text}: expected auto, 0, 1, 2 or 3`);
}

export function readSwitch(option: string, text: string): boolean {
  return oneOf(option, text, ["on", "off"], "on or off") === "on";
}

export function openSession(model: Model, options: SessionOptions): Session {
  return unwrap("", () => model.createSession(options));
}
