// The peers side by side: every model and task on every engine, in turns on one core. README.md says how to read it.
//
// Usage: run.mjs [--cpu N] [--config micro|baseline] [--task step|window]    (default: CPU 0, everything)
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { Engine } from "./engine.mjs";
import { programs } from "./entrants.mjs";
import { findModels } from "./models.mjs";
import { measureCase } from "./measure.mjs";
import { at, nativeEngine, nativeProgram, node24, requireBuilt, results } from "./paths.mjs";
import { ratiosText, timesText } from "./print.mjs";
import { ratiosOf } from "./ratios.mjs";

const { values: flags } = parseArgs({
  options: {
    cpu: { type: "string", default: process.env.MGT_BENCH_CPU ?? "0" },
    config: { type: "string" },
    task: { type: "string" },
  },
});
requireBuilt({
  [nativeProgram]: "make native",
  [nativeEngine]: "make bench-peers",
  [at("js/dist/node.js")]: "make js",
  [node24]: "scripts/setup/setup.sh npm",
  [at("bench/peers/node_modules/onnxruntime-node")]: "scripts/setup/setup.sh peers",
});

const engines = Object.fromEntries(
  Object.entries(programs).map(([name, command]) => [name, new Engine(command, flags.cpu)]),
);
const about = {};
for (const [name, engine] of Object.entries(engines)) about[name] = (await engine.ask({ op: "about" })).about;

const report = {
  machine: { cpu: cpus()[0].model, cores: cpus().length, pinned_to: Number(flags.cpu), load_before: loadavg()[0] },
  engines: about,
  rows: [],
  checks: [],
};
for (const model of findModels()) {
  for (const task of ["step", "window"]) {
    if ((flags.config ?? model.config) !== model.config || (flags.task ?? task) !== task) continue;
    const { rows, checks } = await measureCase(model, task, engines);
    report.rows.push(...rows);
    report.checks.push(...checks);
    console.log(`\n${model.config}, ${model.weights} weights, ${task}\n${timesText(rows)}`);
  }
}
await Promise.all(Object.values(engines).map((engine) => engine.close()));
report.machine.load_after = loadavg()[0];
report.ratios = ratiosOf(report.rows);

mkdirSync(results, { recursive: true });
writeFileSync(`${results}/peers.json`, `${JSON.stringify(report, null, 1)}\n`);
console.log(`\n${ratiosText(report.ratios)}`);
