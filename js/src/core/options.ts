// Session options on their way into the core: names become numbers, numbers are checked for their width.
import { OptionError } from "../errors.js";
import type { GatePolicy, GenerateOptions, SessionOptions } from "../types.js";
import type { EmbindGenerateOptions, EmbindOptions, EmbindPolicy } from "./embind.js";
import { kvModes, policies } from "./names.js";

const u16 = 0xffff;
const u32 = 0xffffffff;
const policyLimits: Partial<Record<keyof GatePolicy, number>> = {
  lambdaMin: u32,
  dropRatioQ15Max: u16,
  boundaryEdgesMax: u16,
  boundaryConcentrationQ15Max: u16,
  partitionsMax: u16,
  spikeRateQ15Max: u16,
  spikeNoveltyQ15Min: u16,
};

/** `value` where it is an integer in [0, max]; otherwise an OptionError. */
export function integer(name: string, value: number, max: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw new OptionError("option_out_of_range", `${name} is ${value}, allowed are integers 0 to ${max}`);
}

function indexOf<Name extends string>(what: string, names: readonly Name[], name: Name): number {
  const index = names.indexOf(name);
  if (index >= 0) return index;
  throw new OptionError("option_out_of_range", `${what} is "${name}", known are ${names.join(", ")}`);
}

function encodePolicy(defaults: EmbindPolicy, given: Partial<GatePolicy>): EmbindPolicy {
  const { kv, ...rest } = given;
  const policy: EmbindPolicy = { ...defaults };
  for (const [key, value] of Object.entries(rest)) {
    if (!(key in defaults))
      throw new OptionError("option_out_of_range", `custom.${key} is not a threshold of the gate`);
    if (value === undefined) continue;
    const max = policyLimits[key as keyof GatePolicy];
    if (max !== undefined) integer(`custom.${key}`, value as number, max);
    Object.assign(policy, { [key]: value });
  }
  if (kv !== undefined) policy.kv = indexOf("custom.kv", kvModes, kv);
  return policy;
}

export function encodeOptions(defaults: EmbindOptions, given: SessionOptions): EmbindOptions {
  const { custom, policy = custom ? "custom" : "default" } = given;
  return {
    policy: indexOf("policy", policies, policy),
    custom: custom ? encodePolicy(defaults.custom, custom) : defaults.custom,
    kv: given.kv === undefined ? defaults.kv : indexOf("kv", kvModes, given.kv),
    tier: given.tier === undefined ? defaults.tier : integer("tier", given.tier, 3),
    window: given.window === undefined ? defaults.window : integer("window", given.window, u32),
    memory: given.memory ?? defaults.memory,
    memoryBytes:
      given.memoryBytes === undefined ? defaults.memoryBytes : integer("memoryBytes", given.memoryBytes, u32),
    replay: given.replay === undefined ? defaults.replay : integer("replay", given.replay, u32),
    coherence: given.coherence ?? defaults.coherence,
  };
}

function number(name: string, value: number, allows: (x: number) => boolean, allowed: string): number {
  if (allows(value)) return value;
  throw new OptionError("option_out_of_range", `${name} is ${value}, allowed are ${allowed}`);
}

export function encodeGenerateOptions(given: GenerateOptions): EmbindGenerateOptions {
  const { temperature = 0, seed = 0, topK = 0, topP = 1, logprobs = 0 } = given;
  return {
    temperature: number("temperature", temperature, (t) => t === 0 || (t >= 0.01 && t <= 10), "0 and 0.01 to 10"),
    seed: BigInt.asUintN(64, BigInt(seed)),
    topK: integer("topK", topK, 256),
    topP: number("topP", topP, (p) => p > 0 && p <= 1, "numbers over 0 to 1"),
    logprobs: integer("logprobs", logprobs, 20),
  };
}

export function decodePolicy(policy: EmbindPolicy): GatePolicy {
  return { ...policy, kv: kvModes[policy.kv] as GatePolicy["kv"] };
}
