import { getSystemErrorMap } from "node:util";
import { snakeCase } from "../core/field-names.js";
import { MgtError, OptionError } from "../errors.js";

export const exitCodes = { done: 0, badInput: 1, usage: 2, internal: 3 } as const;
type ExitName = keyof typeof exitCodes;

/** Ends the command: the exit code, and one line for stderr. */
export class Failure extends Error {
  readonly exit: ExitName;

  constructor(exit: ExitName, message: string) {
    super(message);
    this.exit = exit;
  }
}

export function failInput(message: string): never {
  throw new Failure("badInput", message);
}

export function failUsage(message: string): never {
  throw new Failure("usage", message);
}

/** "<path>: No such file or directory", as bad input. */
export function failSystem(subject: string, error: unknown): never {
  const { code, errno = 0 } = error as NodeJS.ErrnoException;
  // libuv has words of its own for this one.
  const words = code === "EISDIR" ? "is a directory" : (getSystemErrorMap().get(errno)?.[1] ?? String(error));
  failInput(`${subject}: ${words.charAt(0).toUpperCase()}${words.slice(1)}`);
}

function exitOf(error: MgtError): ExitName {
  if (error.code === "option_out_of_range" || error.code === "window_out_of_range") return "usage";
  return error.code === "out_of_memory" ? "internal" : "badInput";
}

/** In the core's words, which the native program prints. */
function wordsOf(error: MgtError): string {
  return error instanceof OptionError ? snakeCase(error.message) : error.message;
}

/** Runs `work`; the library's errors gain the subject (a file or an option, may be empty) and an exit code. */
export function unwrap<T>(subject: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof MgtError)) throw error;
    throw new Failure(exitOf(error), subject === "" ? wordsOf(error) : `${subject}: ${wordsOf(error)}`);
  }
}

/** Whatever was thrown, as a failure. */
export function toFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof MgtError) return new Failure(exitOf(error), wordsOf(error));
  return new Failure("internal", error instanceof Error ? error.message : String(error));
}
