// How numbers are written on the command line: decimal, finite and in the range that a refusal states.
import { failUsage } from "./failure.js";

/** The largest float32. */
const mostFloat = (2 - 2 ** -23) * 2 ** 127;

/** Decimal digits, as an integer in [least, most]. Errors: usage, naming the option, its text and the range. */
export function parseWhole(option: string, text: string, least: bigint, most: bigint): bigint {
  const value = /^\d+$/.test(text) ? BigInt(text) : undefined;
  if (value !== undefined && value >= least && value <= most) return value;
  failUsage(`${option} ${text}: expected a whole number from ${least} to ${most}`);
}

/** A decimal number of float32's range. Errors: usage, naming the option and its text. */
export function parseNumber(option: string, text: string): number {
  const [, digits] = /^-?(\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.exec(text) ?? [];
  const value = Number(text);
  const vanished = value === 0 && digits !== undefined && /[1-9]/.test(digits);
  if (digits !== undefined && !vanished && Math.abs(value) <= mostFloat) return value;
  failUsage(`${option} ${text}: expected a number`);
}
