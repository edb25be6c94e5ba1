// What the tests share: a model to run and the command lines.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const repository = new URL("../../", import.meta.url);
const path = (name) => fileURLToPath(new URL(name, repository));

/** The shipped baseline. */
export const modelPath = path("models/baseline-q4_q8.gguf");

/** The other shipped model. */
export const microPath = path("models/micro-q8_0.gguf");

export const modelBytes = readFileSync(modelPath);
export const wasmPath = (build) => path(`js/wasm/mgt-${build}.wasm`);
export const cliPath = path("js/dist/cli.js");
export const nativePath = process.env.MGT_NATIVE ?? path("build/native/mgt");

/** A log with some repetition, 2 bytes per character here and there. */
export const sampleText = Array.from(
  { length: 24 },
  (_, i) => `2026-01-02 10:00:${10 + i} wörker[${i % 3}]: request ${4000 + i} accepted in ${(i * 37) % 90} ms\n`,
).join("");
export const sampleBytes = new TextEncoder().encode(sampleText);

/** Runs a program; returns its exit code and output. */
export function runProgram(program, args, { input, env } = {}) {
  const { status, stdout, stderr } = spawnSync(program, args, {
    input,
    env: { ...process.env, MGT_MODEL: modelPath, NO_COLOR: "1", ...env },
    maxBuffer: 1 << 28,
  });
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
}

export const runCli = (args, options) => runProgram(process.execPath, [cliPath, ...args], options);
