// The witness of a step as the worker packs it and the page keeps it: little endian, no gaps, one fixed size.
import type { GateDecision, GateReason } from "mincut-gated-transformer";

export const decisions: readonly GateDecision[] = [
  "Allow",
  "ReduceScope",
  "FlushKv",
  "FreezeWrites",
  "QuarantineUpdates",
];

export const reasons: readonly GateReason[] = [
  "None",
  "LambdaBelowMin",
  "LambdaDroppedFast",
  "BoundarySpike",
  "BoundaryConcentrationSpike",
  "PartitionDrift",
  "SpikeStorm",
  "ForcedByFlag",
  "LowRisk",
  "ExactReplay",
  "MemoryHit",
  "Deadline",
  "KillSwitch",
];

const sizes = { u8: 1, u16: 2, u32: 4, i32: 4, f32: 4, u64: 8 };

/** Every field with its type. `agrees`: 1 the dense run named the same next byte, 0 another, 2 it does not run. */
const fields = {
  token: "u8",
  tier: "u8",
  decision: "u8",
  reason: "u8",
  topToken: "u8",
  topProbability: "f32",
  surprise: "f32",
  energy: "f32",
  threshold: "f32",
  layersRun: "u16",
  layersCaughtUp: "u16",
  layersReplayed: "u16",
  layersDeferred: "u16",
  lambda: "u32",
  lambdaPrev: "u32",
  deltaLambda: "i32",
  boundaryEdges: "u16",
  boundaryConcentrationQ15: "u16",
  partitionCount: "u16",
  spikeFired: "u8",
  spikeRateQ15: "u16",
  spikeNoveltyQ15: "u16",
  effectiveWindow: "u16",
  kvBytesRead: "u32",
  kvBytesWritten: "u32",
  kvWrite: "u8",
  externalWrite: "u8",
  agrees: "u8",
  previousHash: "u64",
  outputHash: "u64",
  hash: "u64",
} as const satisfies Record<string, keyof typeof sizes>;

export type Field = keyof typeof fields;

let size = 0;
/** Byte offset of each field in a record. */
export const at = Object.fromEntries(
  Object.entries(fields).map(([name, type]) => {
    const offset = size;
    size += sizes[type];
    return [name, offset];
  }),
) as Record<Field, number>;

/** Bytes per record. */
export const recordBytes = size;

/** A field of the record at `base`; hashes lose their low bits, see `hashAt`. */
export function fieldAt(view: DataView, base: number, field: Field): number {
  const offset = base + at[field];
  switch (fields[field]) {
    case "u8":
      return view.getUint8(offset);
    case "u16":
      return view.getUint16(offset, true);
    case "u32":
      return view.getUint32(offset, true);
    case "i32":
      return view.getInt32(offset, true);
    case "f32":
      return view.getFloat32(offset, true);
    case "u64":
      return Number(view.getBigUint64(offset, true));
  }
}

/** A hash of the record at `base` as 16 hex digits. */
export function hashAt(view: DataView, base: number, field: "previousHash" | "outputHash" | "hash"): string {
  return hex(view.getBigUint64(base + at[field], true));
}

export function hex(hash: bigint): string {
  return hash.toString(16).padStart(16, "0");
}
