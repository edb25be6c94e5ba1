// Packets that the caller brings, written into the session's own, where mgt_step_with finds them, and the one that the
// session senses, read from there.
import type { GatePacket, SpikePacket, StepInput } from "../types.js";
import { checkKeys, flag, integer, refuse } from "./checks.js";
import type { Addresses } from "./record-types.js";
import type { Layout, Runtime } from "./runtime.js";

const u16 = 0xffff;
const u32 = 0xffffffff;
const neutralLambda = 8 * 4096;
const gateGiven = 1;
const spikeGiven = 2;

/** The keys of what a step may be told. */
type Keys<Packet> = { readonly [Name in keyof Packet]-?: true };
const inputKeys: Keys<StepInput> = { tier: true, gate: true, spike: true };
const gateKeys: Keys<GatePacket> = {
  lambda: true,
  lambdaPrev: true,
  boundaryEdges: true,
  boundaryConcentrationQ15: true,
  partitionCount: true,
  flags: true,
};
const spikeKeys: Keys<SpikePacket> = { fired: true, rateQ15: true, noveltyQ15: true, top: true };
type SpikeEntry = NonNullable<SpikePacket["top"]>[number];
const entryKeys: Keys<SpikeEntry> = { idx: true, wQ15: true };
const noTop: readonly SpikeEntry[] = [];

/** Throws OptionError where the input is none; its packets are checked as they are written. */
export function checkStepInput(input: StepInput): void {
  checkKeys(input, inputKeys);
}

/** Writes what the input has; returns the flags that say which. Throws OptionError. */
export function writePackets({ view, layout }: Runtime, at: Addresses, { gate, spike }: StepInput): number {
  if (gate !== undefined) writeGatePacket(view, at.gate, layout.gate.at, gate);
  if (spike !== undefined) writeSpikePacket(view, at.spike, layout.spike.at, spike);
  return (gate ? gateGiven : 0) | (spike ? spikeGiven : 0);
}

function writeGatePacket(view: DataView, base: number, at: Layout["gate"]["at"], packet: GatePacket): void {
  checkKeys(packet, gateKeys, "gate");
  view.setUint32(base + at.lambda, integer("gate.lambda", packet.lambda ?? neutralLambda, u32), true);
  view.setUint32(base + at.lambdaPrev, integer("gate.lambdaPrev", packet.lambdaPrev ?? neutralLambda, u32), true);
  view.setUint16(base + at.boundaryEdges, integer("gate.boundaryEdges", packet.boundaryEdges ?? 0, u16), true);
  const concentration = integer("gate.boundaryConcentrationQ15", packet.boundaryConcentrationQ15 ?? 0, u16);
  view.setUint16(base + at.boundaryConcentrationQ15, concentration, true);
  view.setUint16(base + at.partitionCount, integer("gate.partitionCount", packet.partitionCount ?? 1, u16), true);
  view.setUint16(base + at.flags, integer("gate.flags", packet.flags ?? 0, u16), true);
}

function writeSpikePacket(view: DataView, base: number, at: Layout["spike"]["at"], packet: SpikePacket): void {
  checkKeys(packet, spikeKeys, "spike");
  flag("spike.fired", packet.fired);
  const top = packet.top ?? noTop;
  if (!Array.isArray(top)) refuse("spike.top", top, "expected is an array");
  view.setUint8(base + at.fired, packet.fired ? 1 : 0);
  view.setUint8(base + at.topLen, integer("spike.top.length", top.length, 16));
  view.setUint16(base + at.rateQ15, integer("spike.rateQ15", packet.rateQ15 ?? 0, u16), true);
  view.setUint16(base + at.noveltyQ15, integer("spike.noveltyQ15", packet.noveltyQ15 ?? 0, u16), true);
  for (let i = 0; i < top.length; i++) {
    const entry = top[i] as SpikeEntry;
    checkKeys(entry, entryKeys, "spike.top");
    view.setUint16(base + at.topIdx + 2 * i, integer("spike.top.idx", entry.idx, u16), true);
    view.setUint16(base + at.topWQ15 + 2 * i, integer("spike.top.wQ15", entry.wQ15, u16), true);
  }
}

/** The spike packet that stands in the session. */
export function readSpikePacket({ view, layout }: Runtime, { spike: base }: Addresses): Required<SpikePacket> {
  const { at } = layout.spike;
  return {
    fired: view.getUint8(base + at.fired) !== 0,
    rateQ15: view.getUint16(base + at.rateQ15, true),
    noveltyQ15: view.getUint16(base + at.noveltyQ15, true),
    top: Array.from({ length: view.getUint8(base + at.topLen) }, (_, i) => ({
      idx: view.getUint16(base + at.topIdx + 2 * i, true),
      wQ15: view.getUint16(base + at.topWQ15 + 2 * i, true),
    })),
  };
}
