// A row of bytes as text of one column per byte, whatever the bytes are.

/** A stretch of text and the columns it fills. A character of several UTF-8 bytes is a stretch of its own. */
export interface Cell {
  text: string;
  columns: number;
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/** Length of the UTF-8 character that starts with this byte; 1 where none does. */
function lengthOf(lead: number): number {
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  if (lead >= 0xf0 && lead < 0xf5) return 4;
  return 1;
}

/** The character at `at`, as wide as it has bytes; bytes that are no text show as a dot. */
export function cellAt(bytes: Uint8Array, at: number, end: number): Cell {
  const byte = bytes[at] as number;
  if (byte === 0x0a) return { text: "↵", columns: 1 };
  if (byte === 0x09) return { text: "⇥", columns: 1 };
  if (byte >= 32 && byte < 127) return { text: String.fromCharCode(byte), columns: 1 };
  const columns = lengthOf(byte);
  if (columns > 1 && at + columns <= end) {
    try {
      return { text: decoder.decode(bytes.subarray(at, at + columns)), columns };
    } catch {
      // not a character after all
    }
  }
  return { text: "·", columns: 1 };
}
