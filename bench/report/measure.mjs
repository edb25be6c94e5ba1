// The measurements behind RESULTS.md: each is one command of `mgt`, its JSON kept under build/report.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { at, nativeProgram, node24, repository, requireBuilt } from "../peers/paths.mjs";
import { mean } from "./format.mjs";
import { ppmdNatsPerByte } from "./outsiders.mjs";
import { hasCounter, joulesOf } from "./rapl.mjs";

const folder = at("build/report");
const benchProgram = at("build/native/mgt_bench");
/** The same command line on WebAssembly, in Node 24. */
const wasmProgram = [node24, at("js/dist/cli.js")];

export const workloads = ["streaming", "interactive", "continuous", "safety"];
export const models = ["baseline", "micro"];
/** The model that only the section on size runs, on the first bytes of every part. */
const large = { file: at("models/large-q8_0.gguf"), bytes: "16000" };
/**
 * Relative loss that each workload may take, and the streams that are calibrated by themselves as well, as the owner of
 * one service would.
 */
const budgets = {
  streaming: { risk: 0.05, alone: ["package log", "heartbeat", "telemetry"] },
  interactive: { risk: 0.08, alone: [] },
  continuous: { risk: 0.08, alone: [] },
};
const promptBytes = 200;

/** {name: arguments} of every command that needs no other's result. */
function commands() {
  const all = {};
  for (const model of models) {
    for (const workload of workloads) {
      all[`${workload}-${model}`] = ["eval", "--workload", workload, "--model", model];
    }
    for (const mode of ["window", "step"]) {
      const tiers = ["bench", "--config", model, "--mode", mode, "--tier", "all"];
      all[`${mode}-${model}`] = tiers;
      all[`wasm-${mode}-${model}`] = tiers;
    }
  }
  for (const workload of workloads) {
    const args = ["eval", "--workload", workload, "--limit", large.bytes];
    for (const model of models) all[`size-${workload}-${model}`] = [...args, "--model", model];
    all[`size-${workload}-large`] = [...args, "--model", large.file];
  }
  for (const mode of ["window", "step"]) {
    all[`${mode}-large`] = ["bench", "--model", large.file, "--mode", mode, "--tier", "all"];
  }
  for (const workload of workloads) all[`wasm-${workload}`] = ["eval", "--workload", workload, "--limit", "20000"];
  const streaming = ["eval", "--workload", "streaming", "--limit", "60000", "--policy", "custom"];
  const matured = ["eval", "--workload", "streaming", "--warm", "--policy", "permissive"];
  all["matured-streaming"] = matured;
  all["wasm-matured-streaming"] = matured;
  for (const policy of ["exact", "conservative"]) {
    const careful = ["eval", "--workload", "safety", "--policy", policy];
    all[`${policy}-safety`] = careful;
    all[`wasm-${policy}-safety`] = careful;
  }
  all["exits-only"] = [...streaming, "--exit-confidence", "0.98"];
  all["skips-only"] = [...streaming, "--memory-confidence", "0.998"];
  all["one-layer-streaming"] = ["eval", "--workload", "streaming", "--tier", "2"];
  all.gate = ["eval", "--gate"];
  all.routing = ["eval", "--routing"];
  // More than a step takes at any tier: the bounds are measured, none of them holds it back.
  all.bounds = ["run", "--deadline", "1000000", "--limit", "1000", at("bench/streams/dpkg.log")];
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

/** A shipped manifest, its files as absolute paths. */
function manifest(workload) {
  const read = JSON.parse(readFileSync(at(`bench/workloads/${workload}.json`), "utf8"));
  return { ...read, streams: read.streams.map((stream) => ({ ...stream, file: at("bench/workloads", stream.file) })) };
}

/** The two parts of a stream. */
function parts({ file, calibration_bytes }) {
  const bytes = readFileSync(file);
  return { calibration: bytes.subarray(0, calibration_bytes), held: bytes.subarray(calibration_bytes) };
}

const nameOfFile = (text) => text.replaceAll(" ", "-");

/**
 * Where the loss on the calibration part itself first passes the risk: no margin for chance. Between the thresholds that
 * were tried, along a straight line.
 */
function thresholdWithoutMargin({ risk, candidates }) {
  const first = candidates.findIndex(({ loss }) => loss > risk);
  if (first < 0) return candidates[candidates.length - 1].energy_max;
  if (first === 0) return candidates[0].energy_max;
  const [below, above] = candidates.slice(first - 1, first + 1);
  const part = (risk - below.loss) / (above.loss - below.loss);
  return Number((below.energy_max + part * (above.energy_max - below.energy_max)).toPrecision(3));
}

/**
 * Bytes of every calibration part that only fill the memory: half of the shortest. A young memory loses most, and the
 * session to be measured has read all of its part.
 */
function warmUpOf(streams) {
  return Math.round(Math.min(...streams.map((stream) => parts(stream).calibration.length)) / 2000) * 1000;
}

/**
 * Energy and threshold from the calibration parts at the workload's risk, then what they lose on the held-out parts:
 * in a session that has read the calibration part, the same in Node, from a fresh start, and with the threshold that
 * loses just what is allowed on the calibration part.
 * alone: the one stream that all of this is about; without it those of the workload together.
 */
function calibration(workload, alone, fresh) {
  const { risk } = budgets[workload];
  const whole = manifest(workload);
  const streams = whole.streams.filter(({ name }) => !alone || name === alone);
  const warmUp = warmUpOf(streams);
  const name = nameOfFile(alone ? `${workload}-${alone}` : workload);
  const data = streams.flatMap((stream, i) => {
    const path = join(folder, `${name}-${i}.bin`);
    writeFileSync(path, parts(stream).calibration);
    return ["--data", path];
  });
  const cut = join(folder, `${name}-streams.json`);
  writeFileSync(cut, JSON.stringify({ ...whole, streams }));
  const model = join(folder, `${name}.gguf`);
  const bounds = ["--risk", String(risk), "--warm-up", String(warmUp), "--resamples", "100"];
  const chosen = result(`calibrate-${name}`, () => ["calibrate", "--fit", "--out", model, ...bounds, ...data], fresh);
  const held = (session, ...more) => {
    const args = ["eval", "--workload", cut, "--model", model, ...more];
    return result(`${session}-${name}`, () => args, fresh);
  };
  const bounded = ["--policy", "default"];
  const energyWithoutMargin = thresholdWithoutMargin(chosen);
  const unbounded = ["--policy", "custom", "--energy-max", String(energyWithoutMargin)];
  return {
    workload,
    alone,
    risk,
    warmUp,
    chosen,
    held: held("calibrated", ...bounded, "--warm"),
    wasm: held("wasm-calibrated", ...bounded, "--warm"),
    young: held("calibrated-young", ...bounded),
    withoutMargin: {
      energyMax: energyWithoutMargin,
      held: held("unbounded", ...unbounded, "--warm"),
      wasm: held("wasm-unbounded", ...unbounded, "--warm"),
    },
  };
}

/** Greedy speculative generation after three pieces of a stream. */
function speculation(workload, stream, fresh) {
  const { held } = parts(manifest(workload).streams.find(({ name }) => name === stream));
  const runs = [0.2, 0.5, 0.8].map((at, i) => {
    const from = held.indexOf(10, Math.floor(at * held.length)) + 1;
    const prompt = held.subarray(from, from + promptBytes).toString();
    const args = ["generate", "--policy", "dense", "--compare", "-n", "256", "--prompt", prompt];
    return result(`speculative-${nameOfFile(stream)}-${i}`, () => args, fresh);
  });
  return { stream, speedup: mean(runs.map((r) => r.speedup)) };
}

/** Joules of the whole package over the package log, dense and gated; null where the machine does not count them. */
function joules(fresh) {
  const path = join(folder, "joules.json");
  if (!fresh && existsSync(path)) return JSON.parse(readFileSync(path, "utf8"));
  const of = (policy) =>
    joulesOf(() => run(`joules-${policy}`, ["run", "--policy", policy, at("bench/streams/dpkg.log")]));
  const found = hasCounter() ? { dense: of("dense"), gated: of("default") } : null;
  writeFileSync(path, `${JSON.stringify(found)}\n`);
  return found;
}

/** Nanoseconds of one position of each sequence cut, on this machine's best instruction set. */
function lambdaCost(fresh) {
  const path = join(folder, "lambda.json");
  if (!fresh && existsSync(path)) return JSON.parse(readFileSync(path, "utf8"));
  requireBuilt({ [benchProgram]: "make report" });
  process.stderr.write("lambda: mgt_bench\n");
  const args = ["--benchmark_filter=_cut/", "--benchmark_min_time=0.5", "--benchmark_format=json"];
  const { benchmarks } = JSON.parse(execFileSync(benchProgram, args, { stdio: ["ignore", "pipe", "ignore"] }));
  const least = (cut) => Math.min(...benchmarks.filter(({ name }) => name.startsWith(cut)).map((one) => one.cpu_time));
  const found = { similarity_ns: least("similarity_cut/"), bigram_ns: least("bigram_cut/") };
  writeFileSync(path, `${JSON.stringify(found)}\n`);
  return found;
}

/** Every stream of the workloads, once, whole: PPMd's nats per byte, the dense mixture's and the gated ones. */
function outsiders(fresh) {
  const streams = new Map(workloads.flatMap((workload) => manifest(workload).streams).map((one) => [one.name, one]));
  return [...streams.values()].map(({ name, file }) => {
    const of = (policy) =>
      result(`whole-${policy}-${nameOfFile(name)}`, () => ["run", "--policy", policy, file], fresh).nats_per_byte;
    const ppmd = ppmdNatsPerByte(file, statSync(file).size);
    return { stream: name, ppmd, dense: of("dense"), gated: of("default") };
  });
}

/** Where and of what the measurements are: written before the first, so that --kept does not name a later commit. */
function origin(fresh) {
  const path = join(folder, "origin.json");
  if (!fresh && existsSync(path)) return JSON.parse(readFileSync(path, "utf8"));
  const commit = execFileSync("git", ["-C", repository, "describe", "--always", "--dirty"]).toString().trim();
  const found = { cpu: cpus()[0].model, commit };
  writeFileSync(path, `${JSON.stringify(found)}\n`);
  return found;
}

/** Everything, by name. fresh: measure again what an earlier run left. */
export function measureAll({ fresh }) {
  mkdirSync(folder, { recursive: true });
  const results = { origin: origin(fresh) };
  for (const [name, args] of Object.entries(commands())) results[name] = result(name, () => args, fresh);
  results.joules = joules(fresh);
  results.lambda = lambdaCost(fresh);
  results.calibration = Object.keys(budgets).map((workload) => calibration(workload, undefined, fresh));
  results.calibrationAlone = Object.entries(budgets).flatMap(([workload, { alone }]) =>
    alone.map((stream) => calibration(workload, stream, fresh)),
  );
  results.outsiders = outsiders(fresh);
  results.speculation = [speculation("streaming", "package log", fresh), speculation("continuous", "sources", fresh)];
  return results;
}
