// Session options on their way into the core: names become numbers, numbers are checked for their width.
import { OptionError } from "../errors.js";
import type { GatePolicy, GenerateOptions, SessionOptions } from "../types.js";
import { kvModes, policies } from "./names.js";
import type { GenerateOptionsRecord, OptionsRecord, PolicyRecord } from "./record-types.js";
import type { Runtime } from "./runtime.js";

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

function encodePolicy(known: object, given: Partial<GatePolicy>): Partial<PolicyRecord> {
  const { kv, ...thresholds } = given;
  for (const [key, value] of Object.entries(thresholds)) {
    if (!(key in known)) throw new OptionError("option_out_of_range", `custom.${key} is not a threshold of the gate`);
    const max = policyLimits[key as keyof GatePolicy];
    if (value !== undefined && max !== undefined) integer(`custom.${key}`, value as number, max);
  }
  return kv === undefined ? thresholds : { ...thresholds, kv: indexOf("custom.kv", kvModes, kv) };
}

/** Undefined for what keeps its default. */
type Encoded = { [Field in keyof OptionsRecord]?: OptionsRecord[Field] | undefined };

function encodeOptions(given: SessionOptions): Encoded {
  const { custom, policy = custom ? "custom" : "default", kv, memory, coherence, deadlineUs, stepBoundsUs } = given;
  const limited = (name: "tier" | "window" | "memoryBytes" | "replay", max: number) =>
    given[name] === undefined ? undefined : integer(name, given[name], max);
  return {
    policy: indexOf("policy", policies, policy),
    kv: kv === undefined ? undefined : indexOf("kv", kvModes, kv),
    tier: limited("tier", 3),
    window: limited("window", u32),
    memory: memory ?? undefined,
    memoryBytes: limited("memoryBytes", u32),
    replay: limited("replay", u32),
    coherence: coherence ?? undefined,
    deadlineUs,
    boundUs0: stepBoundsUs?.[0],
    boundUs1: stepBoundsUs?.[1],
    boundUs2: stepBoundsUs?.[2],
    boundUs3: stepBoundsUs?.[3],
  };
}

/** Checks the options and sets those that the core's next plan or session takes. */
export function writeOptions({ exports, records }: Runtime, given: SessionOptions): void {
  const options = encodeOptions(given);
  const custom = encodePolicy(records.layout("GatePolicy").at, given.custom ?? {});
  records.write("SessionOptions", exports.mgt_options(), options);
  records.write("GatePolicy", exports.mgt_options_custom(), custom);
}

function number(name: string, value: number, allows: (x: number) => boolean, allowed: string): number {
  if (allows(value)) return value;
  throw new OptionError("option_out_of_range", `${name} is ${value}, allowed are ${allowed}`);
}

export function encodeGenerateOptions(given: GenerateOptions): GenerateOptionsRecord {
  const { temperature = 0, seed = 0, topK = 0, topP = 1, logprobs = 0, speculative = false } = given;
  return {
    temperature: number("temperature", temperature, (t) => t === 0 || (t >= 0.01 && t <= 10), "0 and 0.01 to 10"),
    seed: BigInt.asUintN(64, BigInt(seed)),
    topK: integer("topK", topK, 256),
    topP: number("topP", topP, (p) => p > 0 && p <= 1, "numbers over 0 to 1"),
    logprobs: integer("logprobs", logprobs, 20),
    speculative,
  };
}

export function decodePolicy(policy: PolicyRecord): GatePolicy {
  return { ...policy, kv: kvModes[policy.kv] as GatePolicy["kv"] };
}
