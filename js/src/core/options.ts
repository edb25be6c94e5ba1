// Session options and packets on their way into the core: names become numbers, numbers are checked for their width.
import { OptionError } from "../errors.js";
import type { GatePacket, GatePolicy, SessionOptions, SpikePacket } from "../types.js";
import type { EmbindOptions, EmbindPolicy } from "./embind.js";
import type { Layout } from "./layout.js";
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
    coherence: given.coherence ?? defaults.coherence,
  };
}

export function decodePolicy(policy: EmbindPolicy): GatePolicy {
  return { ...policy, kv: kvModes[policy.kv] as GatePolicy["kv"] };
}

/** Writes the packet into the session's own, where mgt_step_with finds it. */
export function writeGatePacket(view: DataView, base: number, at: Layout["gate"], packet: GatePacket): void {
  view.setUint32(base + at.lambda, integer("gate.lambda", packet.lambda, u32), true);
  view.setUint32(base + at.lambdaPrev, integer("gate.lambdaPrev", packet.lambdaPrev, u32), true);
  view.setUint16(base + at.boundaryEdges, integer("gate.boundaryEdges", packet.boundaryEdges ?? 0, u16), true);
  const concentration = integer("gate.boundaryConcentrationQ15", packet.boundaryConcentrationQ15 ?? 0, u16);
  view.setUint16(base + at.boundaryConcentrationQ15, concentration, true);
  view.setUint16(base + at.partitionCount, integer("gate.partitionCount", packet.partitionCount ?? 1, u16), true);
  view.setUint16(base + at.flags, integer("gate.flags", packet.flags ?? 0, u16), true);
}

export function writeSpikePacket(view: DataView, base: number, at: Layout["spike"], packet: SpikePacket): void {
  const top = packet.top ?? [];
  view.setUint8(base + at.fired, packet.fired ? 1 : 0);
  view.setUint8(base + at.topLen, integer("spike.top.length", top.length, 16));
  view.setUint16(base + at.rateQ15, integer("spike.rateQ15", packet.rateQ15 ?? 0, u16), true);
  view.setUint16(base + at.noveltyQ15, integer("spike.noveltyQ15", packet.noveltyQ15 ?? 0, u16), true);
  top.forEach(({ idx, wQ15 }, i) => {
    view.setUint16(base + at.topIdx + 2 * i, integer("spike.top.idx", idx, u16), true);
    view.setUint16(base + at.topWQ15 + 2 * i, integer("spike.top.wQ15", wQ15, u16), true);
  });
}
