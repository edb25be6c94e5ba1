// The keys of a GGUF file, numbers and strings: enough to learn a model's shape and its self-test.
import { readFileSync } from "node:fs";

const readers = {
  0: [1, (view, at) => view.getUint8(at)],
  1: [1, (view, at) => view.getInt8(at)],
  2: [2, (view, at) => view.getUint16(at, true)],
  3: [2, (view, at) => view.getInt16(at, true)],
  4: [4, (view, at) => view.getUint32(at, true)],
  5: [4, (view, at) => view.getInt32(at, true)],
  6: [4, (view, at) => view.getFloat32(at, true)],
  7: [1, (view, at) => view.getUint8(at) !== 0],
  10: [8, (view, at) => Number(view.getBigUint64(at, true))],
  11: [8, (view, at) => Number(view.getBigInt64(at, true))],
  12: [8, (view, at) => view.getFloat64(at, true)],
};
const stringType = 8;
const arrayType = 9;

export function readKeys(path) {
  const bytes = readFileSync(path);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.toString("latin1", 0, 4) !== "GGUF") throw new Error(`${path}: no GGUF file`);
  let at = 8;
  const number = (type) => {
    const [size, read] = readers[type];
    at += size;
    return read(view, at - size);
  };
  const text = () => {
    const length = number(10);
    at += length;
    return bytes.toString("utf8", at - length, at);
  };
  const value = (type) => {
    if (type === stringType) return text();
    if (type !== arrayType) return number(type);
    const element = number(4);
    return Array.from({ length: number(10) }, () => value(element));
  };
  number(10); // tensors
  const count = number(10);
  const keys = {};
  for (let i = 0; i < count; i++) {
    const name = text();
    keys[name] = value(number(4));
  }
  return keys;
}
