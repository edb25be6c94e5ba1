// What an option may be: each check throws an OptionError that names the option, what came and what is expected.
import { OptionError } from "../errors.js";
import { shown } from "./shown.js";

export type Check = (name: string, value: unknown) => void;

/** A check for every option of a kind. */
export type Checks<Options> = { readonly [Name in keyof Options]-?: Check };

export function refuse(name: string, value: unknown, expected: string): never {
  throw new OptionError("option_out_of_range", `${name} is ${shown(value)}, ${expected}`);
}

/** `value` where it is an integer in [min, max]. */
export function integer(name: string, value: unknown, max: number, min = 0): number {
  if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return value as number;
  refuse(name, value, `allowed are integers ${min} to ${max}`);
}

export const upTo =
  (max: number, min = 0): Check =>
  (name, value) =>
    integer(name, value, max, min);

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

/** Checks every option that is given, and that there is such an option; `owner` is the option that holds them, if any. */
export function checkOptions<Options>(given: Options, checks: Checks<Options>, owner?: string): void {
  checkKeys(given, checks, owner);
  for (const [key, value] of Object.entries(given as object)) {
    if (value !== undefined) checks[key as keyof Options](owner ? `${owner}.${key}` : key, value);
  }
}

/** Checks that it is an object and has no options but `known`; allocates nothing where that is so. */
export function checkKeys(given: unknown, known: object, owner?: string): void {
  if (typeof given !== "object" || given === null) refuse(owner ?? "options", given, "expected is an object");
  for (const key in given) {
    if (Object.hasOwn(known, key)) continue;
    const name = owner ? `${owner}.${key}` : key;
    throw new OptionError(
      "option_out_of_range",
      `there is no option ${name}, known are ${Object.keys(known).join(", ")}`,
    );
  }
}
