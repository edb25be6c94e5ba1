// What the benchmark scripts' command lines have in common.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** The comment at the head of a script, which is its help. */
function headOf(url) {
  const lines = readFileSync(fileURLToPath(url), "utf8").split("\n");
  const end = lines.findIndex((line) => !line.startsWith("//"));
  return lines.slice(0, end).map((line) => line.slice(3));
}

/**
 * The values of `options` (as parseArgs takes them) for the script at `url`. --help prints the script's head and ends;
 * a wrong flag ends with 2.
 */
export function readFlags(url, options) {
  try {
    const { values } = parseArgs({ options: { ...options, help: { type: "boolean", short: "h" } } });
    if (values.help) {
      console.log(headOf(url).join("\n"));
      process.exit(0);
    }
    return values;
  } catch (error) {
    console.error(`${error.message}\n--help shows what there is`);
    process.exit(2);
  }
}

/** A flag that is a whole number of at least `least`; ends with 2 where it is not. */
export function count(flags, name, least = 1) {
  const value = Number(flags[name]);
  if (Number.isInteger(value) && value >= least) return value;
  console.error(`--${name} ${flags[name]}: expected a whole number, at least ${least}`);
  process.exit(2);
}

/** Progress of long work: one line on a terminal that is written over, nothing elsewhere. */
export function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
