// The command line's words: options with values, flags, and positional arguments, as the native program takes them.
import { failUsage } from "./failure.js";
import { parseNumber, parseWhole } from "./numbers.js";

export interface OptionSpec {
  /** "--model", or "-n". */
  name: string;
  /** What its value is called in the help; none for a flag. */
  value?: string;
  help: string;
  /** Whether it may be given several times. */
  repeats?: true;
}

export interface CommandSpec {
  name: string;
  summary: string;
  positionals: readonly { name: string; required: boolean; help: string }[];
  options: readonly OptionSpec[];
  examples: string;
}

/** The words after a command, by name. */
export class Arguments {
  readonly #values = new Map<string, string>();
  readonly #repeated = new Map<string, string[]>();

  constructor(spec: CommandSpec, words: readonly string[]) {
    const positionals = [...spec.positionals];
    let onlyPositionals = false;
    for (let i = 0; i < words.length; i++) {
      const word = words[i] as string;
      if (word === "--" && !onlyPositionals) {
        onlyPositionals = true;
      } else if (onlyPositionals || word === "-" || !word.startsWith("-")) {
        const next = positionals.shift();
        if (!next) failUsage(`the following argument was not expected: ${word} (see --help)`);
        this.#values.set(next.name, word);
      } else {
        i = this.#takeOption(spec, words, i);
      }
    }
    const missing = positionals.find(({ required }) => required);
    if (missing) failUsage(`${missing.name} is required (see --help)`);
  }

  text(name: string): string | undefined;
  text(name: string, otherwise: string): string;
  text(name: string, otherwise?: string): string | undefined {
    return this.#values.get(name) ?? otherwise;
  }

  /** Every value of an option that may be given several times, in order. */
  texts(name: string): readonly string[] {
    return this.#repeated.get(name) ?? [];
  }

  flag(name: string): boolean {
    return this.#values.has(name);
  }

  /** A whole number in [least, most]. */
  integer(name: string, otherwise: bigint, least: bigint, most: bigint): bigint {
    const text = this.#values.get(name);
    return text === undefined ? otherwise : parseWhole(name, text, least, most);
  }

  /** A number with a fraction. */
  number(name: string): number | undefined {
    const text = this.#values.get(name);
    return text === undefined ? undefined : parseNumber(name, text);
  }

  /** The same in [least, most]. */
  numberIn(name: string, otherwise: number, least: number, most: number): number {
    const text = this.#values.get(name);
    if (text === undefined) return otherwise;
    const value = parseNumber(name, text);
    if (value < least || value > most) failUsage(`${name} ${text}: expected a number from ${least} to ${most}`);
    return value;
  }

  /** Stores the option at `words[i]`; returns the index of its last word. */
  #takeOption(spec: CommandSpec, words: readonly string[], i: number): number {
    const word = words[i] as string;
    const equals = word.startsWith("--") ? word.indexOf("=") : -1;
    const name = equals < 0 ? word : word.slice(0, equals);
    const option = spec.options.find((known) => known.name === name);
    // "-n20" is "-n 20".
    const short = spec.options.find((known) => !known.name.startsWith("--") && word.startsWith(known.name));
    if (!option && short) {
      this.#setOnce(short.name, word.slice(short.name.length));
      return i;
    }
    if (!option) failUsage(`the following argument was not expected: ${word} (see --help)`);
    if (equals === word.length - 1) failUsage(`${word}: expected a value behind =`);
    if (option.value === undefined) {
      if (equals < 0 || isOn(name, word.slice(equals + 1))) this.#values.set(name, "");
      else this.#values.delete(name);
      return i;
    }
    const value = equals < 0 ? words[i + 1] : word.slice(equals + 1);
    if (value === undefined) failUsage(`${name}: 1 required ${option.value} missing (see --help)`);
    if (option.repeats) this.#repeated.set(name, [...this.texts(name), value]);
    else this.#setOnce(name, value);
    return equals < 0 ? i + 1 : i;
  }

  #setOnce(name: string, value: string): void {
    if (this.#values.has(name)) failUsage(`${name}: At Most 1 required but received 2 (see --help)`);
    this.#values.set(name, value);
  }
}

/** What a flag was set to, as in "--compare=off". */
function isOn(name: string, text: string): boolean {
  if (/^(true|on|yes|enable|1)$/i.test(text)) return true;
  if (/^(false|off|no|disable|0)$/i.test(text)) return false;
  failUsage(`could not convert: ${name} = ${text} (see --help)`);
}

/** Whether -h or --help is among a command's words as an option: no option's value, and before "--". */
export function asksForHelp({ options }: CommandSpec, words: readonly string[]): boolean {
  for (let i = 0; i < words.length && words[i] !== "--"; i++) {
    if (words[i] === "-h" || words[i] === "--help") return true;
    if (options.some(({ name, value }) => name === words[i] && value !== undefined)) i++;
  }
  return false;
}

/** A command's help page. */
export function helpText(spec: CommandSpec): string {
  const rows: [string, string][] = [
    ...spec.positionals.map(({ name, help }): [string, string] => [name, help]),
    ["-h, --help", "Print this help and exit"],
    ...spec.options.map(({ name, value, help }): [string, string] => [value ? `${name} ${value}` : name, help]),
  ];
  const words = spec.positionals.map(({ name, required }) => (required ? name : `[${name}]`)).join(" ");
  const lines = rows.map(([left, right]) => `  ${left.padEnd(28)} ${right}`);
  return `${spec.summary}\nUsage: mgt ${spec.name} [OPTIONS] ${words}\n\n${lines.join("\n")}\n\n${spec.examples}\n`;
}
