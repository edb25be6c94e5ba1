import type { Witness } from "./witness.js";

const witnessFields = [
  "step",
  "token",
  "tier",
  "decision",
  "reason",
  "spikeFired",
  "lambda",
  "lambdaPrev",
  "deltaLambda",
  "boundaryEdges",
  "boundaryConcentrationQ15",
  "partitionCount",
  "spikeRateQ15",
  "spikeNoveltyQ15",
  "effectiveWindow",
  "surprise",
  "energy",
  "threshold",
  "layersRun",
  "layersCaughtUp",
  "layersReplayed",
  "layersDeferred",
  "kvBytesRead",
  "kvBytesWritten",
  "kvWrite",
  "externalWrite",
  "topToken",
  "topProbability",
  "outputHash",
  "previousHash",
  "hash",
] as const satisfies readonly (keyof Witness)[];

const gateFields = [
  "lambda",
  "lambdaPrev",
  "boundaryEdges",
  "boundaryConcentrationQ15",
  "partitionCount",
  "flags",
] as const;

const spikeFields = ["fired", "topLen", "rateQ15", "noveltyQ15", "topIdx", "topWQ15"] as const;

/** Byte offsets of a record's fields, and its size. */
export type Offsets<Field extends string> = Record<Field | "size", number>;
export type WitnessOffsets = Offsets<(typeof witnessFields)[number]>;

/** Where the core keeps the fields that are read and written in place. */
export interface Layout {
  witness: WitnessOffsets;
  gate: Offsets<(typeof gateFields)[number]>;
  spike: Offsets<(typeof spikeFields)[number]>;
}

export const layoutLength = witnessFields.length + gateFields.length + spikeFields.length + 3;

/** Reads the table that wasm/layout.cpp exports: per record its size, then its offsets in the order above. */
export function readLayout(table: Uint32Array): Layout {
  let next = 0;
  const take = () => table[next++] as number;
  const record = <Field extends string>(fields: readonly Field[]) => {
    const offsets = { size: take() } as Offsets<Field>;
    for (const field of fields) offsets[field] = take() as Offsets<Field>[Field];
    return offsets;
  };
  return { witness: record(witnessFields), gate: record(gateFields), spike: record(spikeFields) };
}

/** The witness's fields in declaration order. */
export const witnessFieldNames: readonly (keyof Witness)[] = witnessFields;
