// What an option may be: each check throws an OptionError that names the option, what came and what is expected.
import { OptionError } from "../errors.js";

export type Check = (name: string, value: unknown) => void;

/** A check for every option of a kind. */
export type Checks<Options> = { readonly [Name in keyof Options]-?: Check };

export function refuse(name: string, value: unknown, expected: string): never {
  throw new OptionError("option_out_of_range", `${name} is ${shown(value)}, ${expected}`);
}

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** `value` where it is an integer in [0, max]. */
export function integer(name: string, value: unknown, max: number): number {
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= max) return value as number;
  refuse(name, value, `allowed are integers 0 to ${max}`);
}

export const upTo =
  (max: number): Check =>
  (name, value) =>
    integer(name, value, max);

export const flag: Check = (name, value) => {
  if (typeof value !== "boolean") refuse(name, value, "allowed are true and false");
};

export const numberWhere =
  (allows: (x: number) => boolean, allowed: string): Check =>
  (name, value) => {
    if (typeof value !== "number" || !allows(value)) refuse(name, value, `allowed are ${allowed}`);
  };

/** Its range is the core's to check. */
export const anyNumber = numberWhere((x) => !Number.isNaN(x), "numbers");

export const oneOf =
  (names: readonly string[]): Check =>
  (name, value) => {
    if (!names.includes(value as string)) refuse(name, value, `known are ${names.join(", ")}`);
  };

/** Of any realm. */
export const abortSignal: Check = (name, value) => {
  if (typeof (value as AbortSignal | null)?.throwIfAborted !== "function") {
    refuse(name, value, "expected is an AbortSignal");
  }
};

/** For what is checked where it is used. */
export const anything: Check = () => undefined;

/** Checks every option that is given, and that there is such an option; `owner` is the option that holds them, if any. */
export function checkOptions<Options>(given: Options, checks: Checks<Options>, owner?: string): void {
  if (typeof given !== "object" || given === null) refuse(owner ?? "options", given, "expected is an object");
  for (const [key, value] of Object.entries(given)) {
    const name = owner ? `${owner}.${key}` : key;
    if (!Object.hasOwn(checks, key)) {
      const known = Object.keys(checks).join(", ");
      throw new OptionError("option_out_of_range", `there is no option ${name}, known are ${known}`);
    }
    if (value !== undefined) checks[key as keyof Options](name, value);
  }
}
