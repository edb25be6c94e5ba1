import { InputError } from "../errors.js";
import { shown } from "./shown.js";

export function isToken(value: unknown): value is number {
  return typeof value === "number" && (value & 255) === value;
}

/** Throws InputError where the value is no integer in [0, 255]. */
export function checkToken(value: unknown): number {
  if (isToken(value)) return value;
  throw new InputError("token_out_of_range", `token is ${shown(value)}, the vocabulary has 256`);
}
