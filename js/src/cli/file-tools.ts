// The core's tools for model files (wasm/tools.cpp).
import { policies } from "../core/names.js";
import type { TensorRecord } from "../core/record-types.js";
import type { Runtime } from "../core/runtime.js";
import type { Policy } from "../types.js";

export interface FileDescription {
  version: number;
  alignment: number;
  parameters: number;
  keys: { name: string; type: string; value: string }[];
  tensors: { name: string; type: string; shape: number[]; size_bytes: number; held_as: string }[];
}

/** Lists keys and tensors of any GGUF file. Throws ModelError. */
export function describeFile(runtime: Runtime, file: Uint8Array): FileDescription {
  const { exports, records } = runtime;
  const self = runtime.expect(runtime.withBytes(file, (address) => exports.mgt_describe(address, file.length)));
  const { version, alignment, parameters, ...at } = records.read("File", self);
  const description = {
    version,
    alignment,
    parameters,
    keys: records.readAll("Key", at.keys, at.nKeys),
    tensors: records.readAll("Tensor", at.tensors, at.nTensors).map((tensor) => describeTensor(runtime, tensor)),
  };
  exports.mgt_free_description(self);
  return description;
}

function describeTensor({ bytes }: Runtime, { name, type, heldAs, shape, nDims, sizeBytes }: TensorRecord) {
  const dims = new BigUint64Array(bytes.buffer, shape, nDims);
  return { name, type, shape: Array.from(dims, Number), size_bytes: sizeBytes, held_as: heldAs };
}

/** A model file with its matrices in another type, a number of mgt::WeightType. Throws ModelError. */
export function convertFile(runtime: Runtime, file: Uint8Array, type: number): Uint8Array {
  const { exports } = runtime;
  return takeFile(runtime, () => runtime.withBytes(file, (address) => exports.mgt_convert(address, file.length, type)));
}

/** A model file whose policy accepts answers up to another energy. Throws ModelError or OptionError. */
export function calibratedCopy(runtime: Runtime, file: Uint8Array, policy: Policy, energyMax: number): Uint8Array {
  const { exports } = runtime;
  const number = policies.indexOf(policy);
  return takeFile(runtime, () =>
    runtime.withBytes(file, (address) => exports.mgt_calibrated_copy(address, file.length, number, energyMax)),
  );
}

/** Copies a file that the core wrote, and frees the core's. */
function takeFile(runtime: Runtime, write: () => number): Uint8Array {
  const { exports } = runtime;
  const self = runtime.expect(write());
  const from = exports.mgt_rewritten_bytes(self);
  const copy = runtime.bytes.slice(from, from + exports.mgt_rewritten_size(self));
  exports.mgt_free_rewritten(self);
  return copy;
}
