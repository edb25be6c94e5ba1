// Writes bench/RESULTS.md and its plots: the tables of SEED.md in their order, our measured figures beside the seed's.
//
// Usage: run.mjs [--kept]
//   --kept   do not measure again what build/report already holds
import { writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { measureAll, root } from "./measure.mjs";
import { curvePlots, reliabilityPlot } from "./plots.mjs";
import { sections } from "./sections.mjs";

const { values } = parseArgs({ options: { kept: { type: "boolean", default: false } } });
const results = measureAll({ fresh: !values.kept });

const plots = { ...curvePlots(results.gate), "reliability.svg": reliabilityPlot(results.gate) };
for (const [name, svg] of Object.entries(plots)) writeFileSync(join(root, "bench", "results", name), svg);

const commit = execFileSync("git", ["-C", root, "rev-parse", "--short", "HEAD"]).toString().trim();
const head = `# Results

Written by \`make report\`; do not edit. ${cpus()[0].model}, one core, ${results["streaming-baseline"].arch}, commit ${commit}. Held-out halves of the
recorded workloads (\`bench/workloads\`), native program, shipped models; "dense" is the same build running every layer at every step, mixed
with the stream memory. Ratios are of one run in turns; other programs ran on the machine, so single latencies, p99 above all, are upper bounds.
The seed's figures are estimates from papers and from a cost model, ours are measured.
`;
writeFileSync(join(root, "bench", "RESULTS.md"), [head, ...sections(results)].join("\n"));
process.stdout.write("bench/RESULTS.md\n");
