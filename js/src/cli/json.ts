// JSON as both command lines print it, byte for byte (the rules are in native/README.md).

export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | { [key: string]: JsonValue };

/** Rounded to 6 digits after the point, shortest form, no exponent; "null" where x is not finite. */
export function jsonNumber(x: number): string {
  if (!Number.isFinite(x)) return "null";
  const rounded = Number.isInteger(x) ? x : Math.round(x * 1e6) / 1e6;
  return Math.abs(rounded) < 1e21 ? String(rounded === 0 ? 0 : rounded) : BigInt(rounded).toString();
}

/** Indented by 2 spaces; 64-bit integers may be bigint. */
export function jsonText(value: JsonValue, indent = ""): string {
  if (typeof value === "number") return jsonNumber(value);
  if (typeof value === "bigint") return value.toString();
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const inner = `${indent}  `;
  const parts = Array.isArray(value)
    ? value.map((element: JsonValue) => jsonText(element, inner))
    : Object.entries(value).map(([key, element]) => `${JSON.stringify(key)}: ${jsonText(element, inner)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return parts.length === 0 ? `${open}${close}` : `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${indent}${close}`;
}

/** 16 hex digits. */
export function hex16(value: bigint): string {
  return value.toString(16).padStart(16, "0");
}

/** a / b, or NaN (null in JSON) where b is 0. */
export function ratio(a: number, b: number): number {
  return b === 0 ? NaN : a / b;
}
