// A workload: recorded streams, split by time into a part to calibrate on and a part to measure on.
import { existsSync } from "node:fs";
import { dirname, isAbsolute, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { policies } from "../core/names.js";
import { failInput, failUsage } from "./failure.js";
import { readWhole } from "./files.js";

export type Part = "calibration" | "held";

/** One part of a recorded stream; the anomalous lines, where somebody labelled them, are counted from its start. */
export interface WorkloadStream {
  name: string;
  /** What came before the part. */
  before: Uint8Array;
  bytes: Uint8Array;
  anomalies: readonly (readonly [number, number])[] | undefined;
}

export interface Workload {
  workload: string;
  description: string;
  policy: string;
  streams: WorkloadStream[];
}

/** A value of a manifest, and what an error calls it: "mine.json: streams[0].file". */
interface Value {
  at: string;
  value: unknown;
}

export const shippedWorkloads: readonly string[] = ["streaming", "interactive", "continuous", "safety"];
const words = [...shippedWorkloads, "unseen"];
const newline = 10;

export function readPart(text: string): Part {
  if (text === "held" || text === "calibration") return text;
  failUsage(`--part ${text}: expected held or calibration`);
}

function manifestPath(choice: string): string {
  if (choice.endsWith(".json")) return choice;
  if (!words.includes(choice)) {
    failUsage(`--workload ${choice}: expected one of ${words.join(", ")}, or a manifest that ends in .json`);
  }
  const path = fileURLToPath(new URL(`../../bench/workloads/${choice}.json`, import.meta.url));
  if (existsSync(path)) return path;
  failInput(`no ${path}: --workload ${choice} needs a checkout of the repository; or name a manifest of your own`);
}

function linesIn(bytes: Uint8Array): number {
  let lines = 0;
  for (const byte of bytes) if (byte === newline) lines++;
  return lines;
}

function failValue({ at, value }: Value, expected: string): never {
  failInput(`${at} is ${value === undefined ? "missing" : JSON.stringify(value)}, expected ${expected}`);
}

function fieldOf({ at, value }: Value, name: string): Value {
  if (typeof value !== "object" || value === null || Array.isArray(value)) failValue({ at, value }, "an object");
  return { at: `${at}${at.endsWith("]") ? "." : ": "}${name}`, value: (value as Record<string, unknown>)[name] };
}

function textOf({ at, value }: Value): string {
  return typeof value === "string" ? value : failValue({ at, value }, "text");
}

function elementsOf({ at, value }: Value, expected: string): Value[] {
  if (!Array.isArray(value)) failValue({ at, value }, expected);
  return value.map((element: unknown, i) => ({ at: `${at}[${i}]`, value: element }));
}

function lineRange({ at, value }: Value): [number, number] {
  const isPair = Array.isArray(value) && value.length === 2 && value.every((line) => Number.isSafeInteger(line));
  const [from, to] = isPair ? (value as [number, number]) : [0, 0];
  return isPair && from >= 0 && from < to ? [from, to] : failValue({ at, value }, "[first, end) with 0 <= first < end");
}

function readStream(entry: Value, folder: string, part: Part, limit: number): WorkloadStream {
  const name = textOf(fieldOf(entry, "name"));
  const location = textOf(fieldOf(entry, "file"));
  const path = normalize(isAbsolute(location) ? location : `${folder}/${location}`);
  const file = readWhole(path);
  const cutField = fieldOf(entry, "calibration_bytes");
  const cut = Number.isInteger(cutField.value) ? (cutField.value as number) : 0;
  if (cut <= 0 || cut >= file.length) {
    failValue(cutField, `an integer over 0 and under the ${file.length} bytes of ${path}`);
  }
  const begin = part === "held" ? cut : 0;
  const bytes = file.subarray(begin, Math.min(begin + limit, part === "held" ? file.length : cut));
  const first = linesIn(file.subarray(0, begin));
  const end = first + linesIn(bytes);
  const labels = fieldOf(entry, "anomalous_lines");
  const ranges = labels.value === undefined ? undefined : elementsOf(labels, "pairs of line numbers").map(lineRange);
  const inside = ranges
    ?.map(([from, to]) => [Math.max(from, first) - first, Math.min(to, end) - first] as const)
    .filter(([from, to]) => from < to);
  return { name, before: file.subarray(0, begin), bytes, anomalies: inside };
}

function parseManifest(path: string): Value {
  const text = Buffer.from(readWhole(path)).toString("utf8");
  try {
    return { at: path, value: JSON.parse(text) };
  } catch (error) {
    failInput(`${path}: ${(error as Error).message}`);
  }
}

/** Reads a manifest and one part of its streams; `limit` bytes of each at most. */
export function loadWorkload(choice: string, part: Part, limit: number): Workload {
  const path = manifestPath(choice);
  const manifest = parseManifest(path);
  const description = fieldOf(manifest, "description");
  const policy = fieldOf(manifest, "policy");
  if (!(policies as readonly unknown[]).includes(policy.value)) failValue(policy, `one of ${policies.join(", ")}`);
  const list = fieldOf(manifest, "streams");
  const entries = elementsOf(list, "a list of streams");
  if (entries.length === 0) failValue(list, "at least 1 stream");
  return {
    workload: textOf(fieldOf(manifest, "workload")),
    description: description.value === undefined ? "" : textOf(description),
    policy: textOf(policy),
    streams: entries.map((entry) => readStream(entry, dirname(path), part, limit)),
  };
}
