// The peers side by side: every model and task on every engine, in turns on one core, between two measurements of what
// the machine can do at most. Ratios to the terminal, everything to build/bench/peers.json (ours.json with --ours).
//
// Usage: run.mjs [--cpu N] [--config micro|baseline] [--task step|window] [--ours] [--rounds N]
//   --cpu N      the CPU that all engines run on, in turns (MGT_BENCH_CPU, else 0)
//   --config C   only this model
//   --task T     only this task
//   --ours       our engines alone: no onnxruntime needed
//   --rounds N   turns of each engine; fewer than 24 are for trying things out, the runs stay at least 300
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { Engine } from "./engine.mjs";
import { programs } from "./entrants.mjs";
import { count, progress, readFlags } from "./flags.mjs";
import { measureLimits, measureProducts, productShares, stepShares } from "./limits.mjs";
import { findModels } from "./models.mjs";
import { measureCase } from "./measure.mjs";
import { at, nativeEngine, nativeProgram, node24, requireBuilt, results } from "./paths.mjs";
import { productsText, ratiosText, readsText, timesText } from "./print.mjs";
import { ratiosOf } from "./ratios.mjs";
import { gzipSizes, sizesText } from "./sizes.mjs";

const flags = readFlags(import.meta.url, {
  cpu: { type: "string", default: process.env.MGT_BENCH_CPU ?? "0" },
  config: { type: "string" },
  task: { type: "string" },
  ours: { type: "boolean", default: false },
  rounds: { type: "string", default: "24" },
});
const rounds = count(flags, "rounds");
const make = flags.ours ? "make bench" : "make bench-peers";
requireBuilt({
  [nativeProgram]: "make native",
  [nativeEngine]: make,
  [at("build/native/mgt_limits")]: make,
  [at("build/native/mgt_bench")]: make,
  [at("js/dist/node.js")]: "make js",
  [node24]: "scripts/setup/setup.sh npm",
  ...(flags.ours ? {} : { [at("bench/peers/node_modules/onnxruntime-node")]: "scripts/setup/setup.sh peers" }),
});

const isOurs = (program) => !program.startsWith("ort-");
const engines = Object.fromEntries(
  Object.entries(programs)
    .filter(([name]) => !flags.ours || isOurs(name))
    .map(([name, command]) => [name, new Engine(command, flags.cpu)]),
);
const about = {};
for (const [name, engine] of Object.entries(engines)) about[name] = (await engine.ask({ op: "about" })).about;

/** Of two measurements of the same limits, the higher figures: what the machine could do at its best. */
function best(before, after) {
  return Object.fromEntries(
    Object.entries(before).map(([program, limits]) => [
      program,
      limits.map((limit, i) => {
        const rate = limit.gmacs === undefined ? "gbytes_per_second" : "gmacs";
        return { ...limit, [rate]: Math.max(limit[rate], after[program][i][rate]) };
      }),
    ]),
  );
}

const models = findModels((reason) => console.log(`left out: ${reason}`)).filter(
  ({ config }) => (flags.config ?? config) === config,
);
const report = {
  machine: { cpu: cpus()[0].model, cores: cpus().length, pinned_to: Number(flags.cpu), load_before: loadavg()[0] },
  date: new Date().toISOString().slice(0, 10),
  engines: about,
  shapes: Object.fromEntries(models.map(({ config, shape: { selfTest, ...shape } }) => [config, shape])),
  rows: [],
  checks: [],
};
progress("limits and matrix products");
const limitsBefore = measureLimits(flags.cpu);
report.products = measureProducts(flags.cpu);
for (const model of models) {
  for (const task of ["step", "window"]) {
    if ((flags.task ?? task) !== task) continue;
    const name = `${model.config}, ${model.weights} weights, ${task}`;
    const say = (round) => progress(`${name}: round ${round} of ${rounds}`);
    const { rows, checks } = await measureCase(model, task, engines, { rounds, say });
    report.rows.push(...rows);
    report.checks.push(...checks);
    progress("");
    console.log(`\n${name}\n${timesText(rows)}`);
  }
}
await Promise.all(Object.values(engines).map((engine) => engine.close()));
report.limits = best(limitsBefore, measureLimits(flags.cpu));
report.machine.load_after = loadavg()[0];
report.ratios = ratiosOf(report.rows);
report.product_shares = productShares(report.limits, report.products);
report.step_shares = stepShares(report.limits, report.rows, models);
report.sizes = gzipSizes();

mkdirSync(results, { recursive: true });
const path = `${results}/${flags.ours ? "ours" : "peers"}.json`;
writeFileSync(path, `${JSON.stringify(report, null, 1)}\n`);
if (report.ratios.length > 0) console.log(`\n${ratiosText(report.ratios)}`);
console.log(`\n${productsText(report.product_shares)}`);
if (report.step_shares.length > 0) console.log(`\n${readsText(report.step_shares)}`);
console.log(`\n${sizesText(report.sizes)}`);
