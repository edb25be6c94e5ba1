// What the address of the page may ask for, so that a view can be shared and a test can start one.
import { count } from "./format.js";

export interface Settings {
  /** `?stream=dpkg.log` */
  stream: string | undefined;
  /** `?model=micro` */
  model: string | undefined;
  /** `?policy=exact` */
  policy: string | undefined;
  /** `?speed=500` or `full` */
  speed: string | undefined;
  /** `?bytes=20000`: only the first bytes of the stream. */
  bytes: number | undefined;
  /** `?dense=off` */
  dense: boolean;
  /** `?run`: start at once. */
  run: boolean;
  /** `?bench` or `?bench=4000`: measure at once. */
  bench: number | undefined;
  /** What it asks for in vain, and what is done instead: a sentence each. */
  notes: readonly string[];
}

/** Steps that the benchmark takes. */
export const benchSteps = { least: 64, usual: 4000, most: 200_000 };

export function settingsOf(query: URLSearchParams): Settings {
  const notes: string[] = [];
  return {
    stream: query.get("stream") ?? undefined,
    model: query.get("model") ?? undefined,
    policy: query.get("policy") ?? undefined,
    speed: query.get("speed") ?? undefined,
    bytes: bytesOf(query.get("bytes"), notes),
    dense: denseOf(query.get("dense"), notes),
    run: query.has("run"),
    bench: benchOf(query.get("bench"), notes),
    notes,
  };
}

function bytesOf(text: string | null, notes: string[]): number | undefined {
  const value = positive(text);
  if (text !== null && value === undefined) notes.push(`bytes=${text} is no number of bytes: all are there.`);
  return value;
}

function denseOf(text: string | null, notes: string[]): boolean {
  if (text !== null && text !== "off" && text !== "on") notes.push(`dense=${text} is neither on nor off: it is on.`);
  return text !== "off";
}

function benchOf(text: string | null, notes: string[]): number | undefined {
  if (text === null) return undefined;
  if (text === "") return benchSteps.usual;
  const value = positive(text);
  if (value === undefined) {
    notes.push(`bench=${text} is no number of steps: ${count(benchSteps.usual)} are measured.`);
    return benchSteps.usual;
  }
  const clamped = Math.min(Math.max(value, benchSteps.least), benchSteps.most);
  if (clamped !== value) {
    const range = `${count(benchSteps.least)} to ${count(benchSteps.most)} steps`;
    notes.push(`bench=${text} is outside ${range}: ${count(clamped)} are measured.`);
  }
  return clamped;
}

function positive(text: string | null): number | undefined {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : undefined;
}
