import { InputError } from "../errors.js";
import { shown } from "./shown.js";

const encoder = new TextEncoder();

/** Bytes as they are; undefined for anything else. */
export function bytesOf(input: unknown): Uint8Array | undefined {
  if (input instanceof Uint8Array) return input;
  // By its tag, as bytes may come from another realm: a frame, a test runner's context.
  const areBytes = / (Uint8Array|(Shared)?ArrayBuffer)\]$/.test(Object.prototype.toString.call(input));
  return areBytes ? new Uint8Array(input as ArrayBuffer) : undefined;
}

/** Text as UTF-8; bytes as they are. Throws InputError for anything else. */
export function toBytes(input: string | Uint8Array | ArrayBuffer): Uint8Array {
  const bytes = typeof input === "string" ? encoder.encode(input) : bytesOf(input);
  if (bytes) return bytes;
  throw new InputError("bad_input", `the input is ${shown(input)}, expected is text, a Uint8Array or an ArrayBuffer`);
}

/** Encodes text that comes in pieces: a surrogate pair may be split between two of them. */
export class Utf8Encoder {
  #carry = "";

  encode(chunk: string | Uint8Array): Uint8Array {
    if (typeof chunk !== "string") return toBytes(chunk);
    const text = this.#carry + chunk;
    const last = text.charCodeAt(text.length - 1);
    const split = last >= 0xd800 && last <= 0xdbff ? text.length - 1 : text.length;
    this.#carry = text.slice(split);
    return encoder.encode(text.slice(0, split));
  }

  /** What is left over at the end of the stream. */
  finish(): Uint8Array {
    return encoder.encode(this.#carry);
  }
}
