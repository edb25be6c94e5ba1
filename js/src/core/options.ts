// Session options on their way into the core: names become numbers, numbers are checked for their width.
import { OptionError } from "../errors.js";
import type { GatePolicy, GenerateOptions, SessionOptions, StreamOptions } from "../types.js";
import {
  type Checks,
  abortSignal,
  anyNumber,
  checkOptions,
  flag,
  integer,
  numberWhere,
  oneOf,
  refuse,
  upTo,
} from "./checks.js";
import { kvModes, policies } from "./names.js";
import type { GenerateOptionsRecord, OptionsRecord, PolicyRecord } from "./record-types.js";
import type { Runtime } from "./runtime.js";

const u16 = upTo(0xffff);
const u32 = upTo(0xffffffff);

const policyChecks: Checks<GatePolicy> = {
  lambdaMin: u32,
  dropRatioQ15Max: u16,
  boundaryEdgesMax: u16,
  boundaryConcentrationQ15Max: u16,
  partitionsMax: u16,
  spikeRateQ15Max: u16,
  spikeNoveltyQ15Min: u16,
  spikeFireNats: anyNumber,
  allowKvWriteWhenUnstable: flag,
  allowExternalWriteWhenUnstable: flag,
  kv: oneOf(kvModes),
  memoryConfidence: anyNumber,
  exitConfidence: anyNumber,
  energyMax: anyNumber,
  energyHysteresis: anyNumber,
  losslessReplay: flag,
};

const sessionChecks: Checks<SessionOptions> = {
  policy: oneOf(policies),
  custom: (name, value) => checkOptions(value as Partial<GatePolicy>, policyChecks, name),
  kv: oneOf(kvModes),
  tier: upTo(3),
  window: u32,
  windowCapacity: anyNumber,
  memory: flag,
  memoryBytes: u32,
  replay: u32,
  deadlineUs: anyNumber,
  stepBoundsUs: (name, value) => {
    if (!Array.isArray(value) || value.length !== 4) refuse(name, value, "expected are 4 numbers");
    value.forEach((bound, tier) => anyNumber(`${name}[${tier}]`, bound));
  },
  coherence: flag,
  timing: flag,
};

const generateChecks: Checks<GenerateOptions> = {
  n: upTo(Number.MAX_SAFE_INTEGER),
  temperature: numberWhere((t) => t === 0 || (t >= 0.01 && t <= 10), "0 and 0.01 to 10"),
  seed: (name, value) => {
    if (typeof value !== "bigint") integer(name, value, Number.MAX_SAFE_INTEGER);
    else if (BigInt.asUintN(64, value) !== value) refuse(name, value, "allowed are integers 0 to 2^64 - 1");
  },
  topK: upTo(256),
  topP: numberWhere((p) => p > 0 && p <= 1, "numbers over 0 to 1"),
  logprobs: upTo(20),
  speculative: flag,
  signal: abortSignal,
};

export const streamChecks: Checks<StreamOptions> = { signal: abortSignal };

/** The number of a name that was checked. */
function indexOf<Name>(names: readonly Name[], name: Name | undefined): number | undefined {
  return name === undefined ? undefined : names.indexOf(name);
}

/** Checks names, types and widths; ranges that depend on the model are the core's to check. Throws OptionError. */
export function checkSessionOptions(given: SessionOptions): void {
  checkOptions(given, sessionChecks);
  const { custom, policy = "custom" } = given;
  if (custom && policy !== "custom") {
    throw new OptionError("option_out_of_range", `custom is given and policy is "${policy}", it needs policy "custom"`);
  }
}

/** Undefined for what keeps its default. */
type Encoded = { [Field in keyof OptionsRecord]?: OptionsRecord[Field] | undefined };

function encodeOptions(given: SessionOptions): Encoded {
  const { custom, policy = custom ? "custom" : "default", kv, stepBoundsUs, ...same } = given;
  return {
    ...same,
    policy: indexOf(policies, policy),
    kv: indexOf(kvModes, kv),
    boundUs0: stepBoundsUs?.[0],
    boundUs1: stepBoundsUs?.[1],
    boundUs2: stepBoundsUs?.[2],
    boundUs3: stepBoundsUs?.[3],
  };
}

/** Sets the options that the core's next plan or session takes. */
export function writeOptions({ exports, records }: Runtime, given: SessionOptions): void {
  const { kv, ...thresholds } = given.custom ?? {};
  records.write("SessionOptions", exports.mgt_options(), encodeOptions(given));
  records.write("GatePolicy", exports.mgt_options_custom(), { ...thresholds, kv: indexOf(kvModes, kv) });
}

export const checkStreamOptions = (given: StreamOptions): void => checkOptions(given, streamChecks);
export const checkGenerateOptions = (given: GenerateOptions): void => checkOptions(given, generateChecks);

/** Options that were checked, with what is left out. */
export function encodeGenerateOptions(given: GenerateOptions): GenerateOptionsRecord {
  const { temperature = 0, seed = 0, topK = 0, topP = 1, logprobs = 0, speculative = false } = given;
  return { temperature, seed: BigInt(seed), topK, topP, logprobs, speculative };
}

export function decodePolicy(policy: PolicyRecord): GatePolicy {
  return { ...policy, kv: kvModes[policy.kv] as GatePolicy["kv"] };
}
