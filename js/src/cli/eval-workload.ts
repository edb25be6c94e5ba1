// A workload: recorded streams, split by time into a part to calibrate on and a part to measure on.
import { existsSync } from "node:fs";
import { dirname, isAbsolute, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { Failure, failInput, failUsage } from "./failure.js";
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

interface StreamEntry {
  name: string;
  file: string;
  calibration_bytes: number;
  anomalous_lines?: [number, number][];
}

const words = ["streaming", "interactive", "continuous", "safety", "unseen"];
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
  return existsSync(path) ? path : failInput(`no ${choice}.json in ${dirname(path)}`);
}

function linesIn(bytes: Uint8Array): number {
  let lines = 0;
  for (const byte of bytes) if (byte === newline) lines++;
  return lines;
}

function readStream(entry: StreamEntry, folder: string, part: Part, limit: number): WorkloadStream {
  const path = normalize(isAbsolute(entry.file) ? entry.file : `${folder}/${entry.file}`);
  const file = readWhole(path);
  const cut = entry.calibration_bytes;
  if (cut <= 0 || cut >= file.length) {
    failInput(`${path}: calibration_bytes is ${cut}, the file has ${file.length}`);
  }
  const begin = part === "held" ? cut : 0;
  const bytes = file.subarray(begin, Math.min(begin + limit, part === "held" ? file.length : cut));
  const first = linesIn(file.subarray(0, begin));
  const end = first + linesIn(bytes);
  const inside = entry.anomalous_lines
    ?.map(([from, to]) => [Math.max(from, first) - first, Math.min(to, end) - first] as const)
    .filter(([from, to]) => from < to);
  return { name: entry.name, before: file.subarray(0, begin), bytes, anomalies: inside };
}

/** Reads a manifest and one part of its streams; `limit` bytes of each at most. */
export function loadWorkload(choice: string, part: Part, limit: number): Workload {
  const path = manifestPath(choice);
  try {
    const manifest = JSON.parse(Buffer.from(readWhole(path)).toString("utf8"));
    for (const field of ["workload", "description", "policy", "streams"]) {
      if (!(field in manifest)) failInput(`${path}: has no ${field}`);
    }
    const streams = (manifest.streams as StreamEntry[]).map((entry) => readStream(entry, dirname(path), part, limit));
    if (streams.length === 0) failInput(`${path}: streams is empty, expected at least 1`);
    return { ...manifest, streams };
  } catch (error) {
    if (error instanceof Failure) throw error;
    failInput(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
