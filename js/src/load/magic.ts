import type { BytesResponse } from "./platform.js";

export const ggufMagic = [0x47, 0x47, 0x55, 0x46];
export const wasmMagic = [0x00, 0x61, 0x73, 0x6d];

const hex = (bytes: Iterable<number>) => [...bytes].map((b) => b.toString(16).padStart(2, "0")).join(" ");

/**
 * Undefined where the bytes begin as they should; otherwise a sentence that shows at a glance when a server sent
 * an HTML page: `https://…/m.gguf (text/html) starts with 3c 21 64 6f ("<!do"), not with 47 47 55 46 ("GGUF")`.
 */
export function wrongMagic(bytes: Uint8Array, magic: readonly number[], from: BytesResponse): string | undefined {
  if (bytes.length >= magic.length && magic.every((byte, i) => bytes[i] === byte)) return undefined;
  const first = bytes.subarray(0, 8);
  const printable = String.fromCharCode(...first).replace(/[^\x20-\x7e]/g, ".");
  const found = first.length === 0 ? "is empty, it should start" : `starts with ${hex(first)} ("${printable}"), not`;
  const mime = from.mimeType ? ` (${from.mimeType})` : "";
  return `${from.name}${mime} ${found} with ${hex(magic)}`;
}
