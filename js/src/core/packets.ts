// Packets that the caller brings, written into the session's own, where mgt_step_with finds them.
import type { GatePacket, SpikePacket, StepInput } from "../types.js";
import { integer } from "./checks.js";
import type { Addresses } from "./record-types.js";
import type { Layout, Runtime } from "./runtime.js";

const u16 = 0xffff;
const u32 = 0xffffffff;
const neutralLambda = 8 * 4096;
const gateGiven = 1;
const spikeGiven = 2;

/** Writes what the input has; returns the flags that say which. */
export function writePackets({ view, layout }: Runtime, at: Addresses, { gate, spike }: StepInput): number {
  if (gate) writeGatePacket(view, at.gate, layout.gate.at, gate);
  if (spike) writeSpikePacket(view, at.spike, layout.spike.at, spike);
  return (gate ? gateGiven : 0) | (spike ? spikeGiven : 0);
}

function writeGatePacket(view: DataView, base: number, at: Layout["gate"]["at"], packet: GatePacket): void {
  view.setUint32(base + at.lambda, integer("gate.lambda", packet.lambda ?? neutralLambda, u32), true);
  view.setUint32(base + at.lambdaPrev, integer("gate.lambdaPrev", packet.lambdaPrev ?? neutralLambda, u32), true);
  view.setUint16(base + at.boundaryEdges, integer("gate.boundaryEdges", packet.boundaryEdges ?? 0, u16), true);
  const concentration = integer("gate.boundaryConcentrationQ15", packet.boundaryConcentrationQ15 ?? 0, u16);
  view.setUint16(base + at.boundaryConcentrationQ15, concentration, true);
  view.setUint16(base + at.partitionCount, integer("gate.partitionCount", packet.partitionCount ?? 1, u16), true);
  view.setUint16(base + at.flags, integer("gate.flags", packet.flags ?? 0, u16), true);
}

function writeSpikePacket(view: DataView, base: number, at: Layout["spike"]["at"], packet: SpikePacket): void {
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
