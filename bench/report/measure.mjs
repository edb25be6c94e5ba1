// The measurements behind RESULTS.md: each is one command of `mgt`, its JSON kept under build/report.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { at, nativeProgram, node24, repository, requireBuilt } from "../peers/paths.mjs";

const folder = at("build/report");
/** The same command line on WebAssembly, in Node 24. */
const wasmProgram = [node24, at("js/dist/cli.js")];

export const workloads = ["streaming", "interactive", "continuous", "safety"];
export const models = ["baseline", "micro"];
/** Relative loss that each workload may take. */
const risks = { streaming: 0.05, interactive: 0.08, continuous: 0.08 };
const promptBytes = 200;

/** {name: arguments} of every command that needs no other's result. */
function commands() {
  const all = {};
  for (const model of models) {
    for (const workload of workloads) {
      all[`${workload}-${model}`] = ["eval", "--workload", workload, "--model", model];
    }
    for (const mode of ["window", "step"]) {
      all[`${mode}-${model}`] = ["bench", "--config", model, "--mode", mode, "--tier", "all"];
    }
  }
  for (const workload of workloads) all[`wasm-${workload}`] = ["eval", "--workload", workload, "--limit", "20000"];
  const streaming = ["eval", "--workload", "streaming", "--limit", "60000", "--policy", "custom"];
  all["exits-only"] = [...streaming, "--exit-confidence", "0.98"];
  all["skips-only"] = [...streaming, "--memory-confidence", "0.998"];
  all.gate = ["eval", "--gate"];
  return all;
}

function run(name, args) {
  const command = name.startsWith("wasm-") ? wasmProgram : [nativeProgram];
  requireBuilt(Object.fromEntries(command.map((part) => [part, "make report"])));
  process.stderr.write(`${name}: mgt ${args.join(" ").replaceAll(repository, "").slice(0, 100)}\n`);
  const json = execFileSync(command[0], [...command.slice(1), ...args, "--json"], {
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "inherit"],
  });
  writeFileSync(join(folder, `${name}.json`), json);
  return JSON.parse(json);
}

/** The kept result, or the command's. fresh: measure again whatever is kept. */
function result(name, args, fresh) {
  const kept = join(folder, `${name}.json`);
  return !fresh && existsSync(kept) ? JSON.parse(readFileSync(kept, "utf8")) : run(name, args());
}

const manifest = (workload) => JSON.parse(readFileSync(at(`bench/workloads/${workload}.json`), "utf8"));

/** The streams of a workload as [{name, calibration, held}] buffers. */
function parts(workload) {
  return manifest(workload).streams.map(({ name, file, calibration_bytes }) => {
    const bytes = readFileSync(at("bench/workloads", file));
    return { name, calibration: bytes.subarray(0, calibration_bytes), held: bytes.subarray(calibration_bytes) };
  });
}

/** The threshold from the calibration parts at the workload's risk, then what they lose on the held-out parts. */
function calibration(workload, fresh) {
  const files = parts(workload).map(({ calibration: bytes }, i) => {
    const path = join(folder, `${workload}-${i}.bin`);
    writeFileSync(path, bytes);
    return path;
  });
  const model = join(folder, `${workload}.gguf`);
  const chosen = result(
    `calibrate-${workload}`,
    () => [
      "calibrate",
      "--out",
      model,
      "--risk",
      String(risks[workload]),
      "--limit",
      "40000",
      "--resamples",
      "100",
      ...files.flatMap((path) => ["--data", path]),
    ],
    fresh,
  );
  const held = result(
    `calibrated-${workload}`,
    () => ["eval", "--workload", workload, "--policy", "default", "--model", model],
    fresh,
  );
  return { workload, risk: risks[workload], chosen, held };
}

/** Greedy speculative generation after three pieces of a stream. */
function speculation(workload, stream, fresh) {
  const { held } = parts(workload).find(({ name }) => name === stream);
  const runs = [0.2, 0.5, 0.8].map((at, i) => {
    const from = held.indexOf(10, Math.floor(at * held.length)) + 1;
    const prompt = held.subarray(from, from + promptBytes).toString();
    const args = ["generate", "--policy", "dense", "--compare", "-n", "256", "--prompt", prompt];
    return result(`speculative-${stream.replace(" ", "-")}-${i}`, () => args, fresh);
  });
  const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
  return { stream, speedup: mean(runs.map((r) => r.speedup)) };
}

/** Where and of what the measurements are: written before the first, so that --kept does not name a later commit. */
function origin(fresh) {
  const path = join(folder, "origin.json");
  if (!fresh && existsSync(path)) return JSON.parse(readFileSync(path, "utf8"));
  const commit = execFileSync("git", ["-C", repository, "rev-parse", "--short", "HEAD"]).toString().trim();
  const found = { cpu: cpus()[0].model, commit };
  writeFileSync(path, `${JSON.stringify(found)}\n`);
  return found;
}

/** Everything, by name. fresh: measure again what an earlier run left. */
export function measureAll({ fresh }) {
  mkdirSync(folder, { recursive: true });
  const results = { origin: origin(fresh) };
  for (const [name, args] of Object.entries(commands())) results[name] = result(name, () => args, fresh);
  results.calibration = Object.keys(risks).map((workload) => calibration(workload, fresh));
  results.speculation = [speculation("streaming", "package log", fresh), speculation("continuous", "sources", fresh)];
  return results;
}
