// Writes bench/RESULTS.md and its plots: the seed's tables in their order, our measured figures beside its.
//
// Usage: run.mjs [--kept]
//   --kept   do not measure again what build/report already holds
import { writeFileSync } from "node:fs";
import { readFlags } from "../peers/flags.mjs";
import { listedJson } from "../peers/listed.mjs";
import { at, requireBuilt } from "../peers/paths.mjs";
import { gateFigures } from "./gates.mjs";
import { measureAll } from "./measure.mjs";
import { sections } from "./sections.mjs";

const flags = readFlags(import.meta.url, { kept: { type: "boolean", default: false } });
requireBuilt({ [at("bench/plots/node_modules/@observablehq/plot")]: "scripts/setup/setup.sh plots" });
const { plotsOf } = await import("./plots.mjs");

const results = measureAll({ fresh: !flags.kept });
for (const [name, svg] of Object.entries(plotsOf(results))) writeFileSync(at(`bench/results/${name}.svg`), svg);

const { cpu, commit } = results.origin;
writeFileSync(at("bench/results/gate.json"), listedJson(gateFigures(results)));
const head = `# Results

Written by \`make report\`; do not edit. ${cpu}, one core, ${results["streaming-baseline"].arch}, commit ${commit}. Held-out halves of the
recorded workloads (\`bench/workloads\`), native program, shipped models; "dense" is the same build running every layer at every step, mixed
with the stream memory. Ratios are of one run in turns; other programs ran on the machine, so single latencies, p99 above all, are upper bounds.
The seed is the design that this project began with: its figures are estimates from papers and from a cost model, ours are measured.
`;
writeFileSync(at("bench/RESULTS.md"), [head, ...sections(results)].join("\n"));
console.log("bench/RESULTS.md");
