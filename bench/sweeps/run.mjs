// How time grows: window mode with T from 64 to 16384 at the model's window, and prefill by chunk length. Lengths and
// engines take turns on one core. Ratios to the terminal, everything to build/bench/sweeps.json.
//
// Usage: run.mjs [--cpu N] [--rounds N]
//   --cpu N      the CPU that all engines run on, in turns (MGT_BENCH_CPU, else 0)
//   --rounds N   turns of each length (8)
//
// "last position": infer(), which computes what the last position's logits depend on. "all positions": prefill(), every
// position through every layer, as an engine does that gives logits for each.
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { Engine } from "../peers/engine.mjs";
import { programs } from "../peers/entrants.mjs";
import { count, progress, readFlags } from "../peers/flags.mjs";
import { findModels } from "../peers/models.mjs";
import { at, nativeEngine, node24, requireBuilt, results, stream } from "../peers/paths.mjs";
import { table } from "../peers/print.mjs";
import { quantile } from "../peers/statistics.mjs";

const flags = readFlags(import.meta.url, {
  cpu: { type: "string", default: process.env.MGT_BENCH_CPU ?? "0" },
  rounds: { type: "string", default: "8" },
});
const rounds = count(flags, "rounds");
requireBuilt({
  [nativeEngine]: "make bench",
  [at("js/dist/node.js")]: "make js",
  [node24]: "scripts/setup/setup.sh npm",
});

const labels = { native: "mgt native", relaxed: "mgt wasm relaxed", simd128: "mgt wasm simd128" };
const windowLengths = [64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384];
const chunkLengths = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
const growthGoal = 17; // t(16384) / t(1024)
const sliceMs = 20;

/** What is measured: a model, a kind of call, a program, a length. */
function casesOf(models) {
  const baseline = models.find(({ config, weights }) => config === "baseline" && weights === "int8");
  const window = windowLengths.flatMap((tokens) => [
    // The npm package has no option for windows longer than the model's context.
    { sweep: "window", kind: "last position", program: "native", task: "window", model: baseline, tokens },
    ...Object.keys(labels).map((program) => ({
      sweep: "window",
      kind: "all positions",
      program,
      task: "prefill",
      model: baseline,
      tokens,
    })),
  ]);
  const chunks = models.flatMap((model) =>
    chunkLengths.flatMap((tokens) =>
      Object.keys(labels).map((program) => ({ sweep: "chunk", program, task: "prefill", model, tokens })),
    ),
  );
  return [...window, ...chunks];
}

const models = findModels((reason) => console.log(`left out: ${reason}`));
const engines = Object.fromEntries(Object.keys(labels).map((name) => [name, new Engine(programs[name], flags.cpu)]));
const cases = casesOf(models);
for (const one of cases) {
  const { sweep, task, model, tokens } = one;
  one.id = [sweep, task, model.config, model.weights, tokens].join("/");
  one.us = [];
  await engines[one.program].open({ id: one.id, model: model.path, task, tokens, stream });
}
for (let round = 0; round < rounds; round++) {
  for (const [i, { program, id, us }] of cases.entries()) {
    if (i % 10 === 0) progress(`sweeps: round ${round + 1} of ${rounds}, case ${i} of ${cases.length}`);
    us.push(...(await engines[program].ask({ op: "time", id, warm_ms: 2, ms: sliceMs, least: 1 })).us);
  }
}
progress("");
await Promise.all(Object.values(engines).map((engine) => engine.close()));

const rows = cases.map(({ sweep, kind, program, model, tokens, us }) => {
  const sorted = Float64Array.from(us).sort();
  const figure = (q) => Number(quantile(sorted, q).toFixed(3));
  const { config, weights } = model;
  return {
    sweep,
    ...(kind ? { kind } : {}),
    config,
    weights,
    engine: labels[program],
    tokens,
    runs: us.length,
    p50_us: figure(0.5),
    p10_us: figure(0.1),
    tokens_per_second: Math.round((tokens * 1e6) / quantile(sorted, 0.5)),
  };
});

/** t(16384) / t(1024) per line of the window sweep, by medians and by the best tenth of the runs. */
function growthOf() {
  const lines = [...new Set(rows.filter(({ sweep }) => sweep === "window").map((row) => `${row.engine}|${row.kind}`))];
  return lines.map((line) => {
    const [engine, kind] = line.split("|");
    const find = (tokens) => rows.find((row) => row.engine === engine && row.kind === kind && row.tokens === tokens);
    const ratio = (of) => Number((find(16384)[of] / find(1024)[of]).toFixed(3));
    return { engine, kind, ratio: ratio("p50_us"), p10_ratio: ratio("p10_us"), goal: growthGoal };
  });
}

const report = {
  machine: { cpu: cpus()[0].model, pinned_to: Number(flags.cpu), load_after: loadavg()[0] },
  growth: growthOf(),
  rows,
};
mkdirSync(results, { recursive: true });
writeFileSync(`${results}/sweeps.json`, `${JSON.stringify(report, null, 1)}\n`);

const windowCells = windowLengths.map((tokens) => [
  String(tokens),
  ...report.growth.map(({ engine, kind }) =>
    rows.find((row) => row.engine === engine && row.kind === kind && row.tokens === tokens).p50_us.toFixed(0),
  ),
]);
const windowHead = ["T", ...report.growth.map(({ engine, kind }) => `${engine.replace("mgt ", "")}, ${kind}`)];
console.log(`\nbaseline int8, window ${models.find(({ config }) => config === "baseline").shape.window}, us`);
console.log(table([windowHead, ...windowCells]));
const growthCells = report.growth.map(({ engine, kind, ratio, p10_ratio, goal }) => [
  engine,
  kind,
  ratio.toFixed(2),
  p10_ratio.toFixed(2),
  String(goal),
  ratio <= goal ? "yes" : "no",
]);
console.log(`\n${table([["t(16384)/t(1024)", "", "medians", "best tenth", "goal", "reached"], ...growthCells])}`);
const lines = [
  ...new Set(rows.filter(({ sweep }) => sweep === "chunk").map((r) => `${r.config} ${r.weights}|${r.engine}`)),
];
const chunkCells = lines.map((line) => {
  const [model, engine] = line.split("|");
  const rates = chunkLengths.map((tokens) =>
    rows.find(
      (row) =>
        row.sweep === "chunk" &&
        `${row.config} ${row.weights}` === model &&
        row.engine === engine &&
        row.tokens === tokens,
    ),
  );
  return [model, engine, ...rates.map(({ tokens_per_second }) => (tokens_per_second / 1000).toFixed(1))];
});
console.log(`\n${table([["prefill, 1000 tokens/s", "by chunk", ...chunkLengths.map(String)], ...chunkCells])}`);
