// Numbers and bytes as people read them.

const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

export function count(value: number): string {
  return grouped.format(value);
}

export function percent(part: number, whole = 1, digits = 1): string {
  return whole === 0 ? "–" : `${((100 * part) / whole).toFixed(digits)} %`;
}

/** 1234567 -> "1.23 M". */
export function short(value: number): string {
  const units = ["", " k", " M", " G", " T"];
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toPrecision(3)}${units[unit]}`;
}

export function bytes(value: number): string {
  if (value < 1024) return `${value} B`;
  if (value < 1024 * 1024) return `${(value / 1024).toFixed(1)} KiB`;
  return `${(value / (1024 * 1024)).toFixed(1)} MiB`;
}

export function seconds(value: number): string {
  return value < 1 ? `${(value * 1000).toFixed(0)} ms` : `${value.toFixed(2)} s`;
}

const names: Record<number, string> = { 9: "tab", 10: "line end", 13: "carriage return", 32: "space" };

/** A byte in words: `"a"`, `space`, `byte 0xc3`. */
export function byteName(byte: number): string {
  const name = names[byte];
  if (name) return name;
  if (byte > 32 && byte < 127) return `“${String.fromCharCode(byte)}”`;
  return `byte 0x${byte.toString(16).padStart(2, "0")}`;
}

/** Q15 fixed point as a fraction. */
export function q15(value: number): number {
  return value / 32768;
}

/** Coherence as the library scales it, (z + 8) * 4096, back to standard deviations. */
export function coherence(lambda: number): number {
  return lambda / 4096 - 8;
}
