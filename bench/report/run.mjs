// Writes bench/RESULTS.md and its plots: the seed's tables in their order, our measured figures beside its.
//
// Usage: run.mjs [--kept]
//   --kept   do not measure again what build/report already holds
import { writeFileSync } from "node:fs";
import { readFlags } from "../peers/flags.mjs";
import { at, requireBuilt } from "../peers/paths.mjs";
import { measureAll } from "./measure.mjs";
import { sections } from "./sections.mjs";

/** What README.md shows of the gate study: areas by signal, one line each. */
function gateFigures({ gate, origin }) {
  const streams = gate.exits.map(({ stream }) => stream);
  const line = (value) => ` ${JSON.stringify(value)}`;
  const exits = Object.keys(gate.exits[0].auc).map((signal) => ({
    signal,
    areas: gate.exits.map(({ auc }) => Number(auc[signal].mixture.toFixed(3))),
  }));
  const switches = gate.switches.map((row) => ({
    ...row,
    unseen_1_56: gate.unseen_switches.find(({ signal }) => signal === row.signal).auc_1_56,
  }));
  const lists = { exits, switches };
  const fields = Object.entries(lists).map(([name, rows]) => `"${name}": [\n${rows.map(line).join(",\n")}\n]`);
  return `{\n"commit": ${JSON.stringify(origin.commit)},\n"streams": ${JSON.stringify(streams)},\n${fields.join(",\n")}\n}\n`;
}

const flags = readFlags(import.meta.url, { kept: { type: "boolean", default: false } });
requireBuilt({ [at("bench/plots/node_modules/@observablehq/plot")]: "scripts/setup/setup.sh plots" });
const { plotsOf } = await import("./plots.mjs");

const results = measureAll({ fresh: !flags.kept });
for (const [name, svg] of Object.entries(plotsOf(results))) writeFileSync(at(`bench/results/${name}.svg`), svg);

const { cpu, commit } = results.origin;
writeFileSync(at("bench/results/gate.json"), gateFigures(results));
const head = `# Results

Written by \`make report\`; do not edit. ${cpu}, one core, ${results["streaming-baseline"].arch}, commit ${commit}. Held-out halves of the
recorded workloads (\`bench/workloads\`), native program, shipped models; "dense" is the same build running every layer at every step, mixed
with the stream memory. Ratios are of one run in turns; other programs ran on the machine, so single latencies, p99 above all, are upper bounds.
The seed is the design that this project began with: its figures are estimates from papers and from a cost model, ours are measured.
`;
writeFileSync(at("bench/RESULTS.md"), [head, ...sections(results)].join("\n"));
console.log("bench/RESULTS.md");
