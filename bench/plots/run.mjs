// Draws what the benchmarks measured: SVG files and an index.html with all of them, beside the JSON in build/bench.
//
// Usage: run.mjs [--from FOLDER]
//   --from FOLDER   where the JSON is and the plots go (build/bench)
//
// Engines come from peers.json (make bench-peers), else from ours.json (make bench); sweeps.json is make bench's.
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { readFlags } from "../peers/flags.mjs";
import { at, requireBuilt, results } from "../peers/paths.mjs";

const flags = readFlags(import.meta.url, { from: { type: "string", default: results } });
requireBuilt({
  [at("bench/plots/node_modules/@observablehq/plot")]: "scripts/setup/setup.sh plots",
  [flags.from]: "make bench",
});
const { enginesPlot } = await import("./engines.mjs");
const { latencyPlot } = await import("./latency.mjs");
const { chunkPlot, windowPlot } = await import("./sweeps.mjs");

const read = (name) => {
  const path = `${flags.from}/${name}.json`;
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : null;
};
const engines = read("peers") ?? read("ours");
const sweeps = read("sweeps");
if (!engines && !sweeps) {
  console.error(
    `${flags.from} has neither peers.json, ours.json nor sweeps.json: make bench or make bench-peers writes them`,
  );
  process.exit(1);
}

const distinct = (rows, keys) => [
  ...new Map(rows.map((row) => [keys.map((key) => row[key]).join("-"), row])).entries(),
];
const plots = new Map();
for (const [name, row] of distinct(engines?.rows ?? [], ["config", "weights", "task"])) {
  plots.set(`engines-${name}`, enginesPlot(engines, row));
  plots.set(`latency-${name}`, latencyPlot(engines, row));
}
if (sweeps) {
  plots.set("window-by-length", windowPlot(sweeps));
  const chunks = sweeps.rows.filter(({ sweep }) => sweep === "chunk");
  for (const [name, row] of distinct(chunks, ["config", "weights"]))
    plots.set(`prefill-${name}`, chunkPlot(sweeps, row));
}

for (const name of readdirSync(flags.from)) if (name.endsWith(".svg")) rmSync(`${flags.from}/${name}`);
for (const [name, svg] of plots) writeFileSync(`${flags.from}/${name}.svg`, svg);
const machines = [engines, sweeps].filter(Boolean).map(({ machine, date }) => {
  const load = [machine.load_before, machine.load_after].filter((x) => x !== undefined).map((x) => x.toFixed(1));
  return `${machine.cpu}, CPU ${machine.pinned_to}, load ${load.join(" to ")}${date ? `, ${date}` : ""}`;
});
const kinds = { engines: "Engines", latency: "Distributions", window: "Window length", prefill: "Prefill" };
const sections = Object.entries(kinds).map(([kind, title]) => {
  const here = [...plots].filter(([name]) => name.startsWith(kind)).map(([, svg]) => `<figure>${svg}</figure>`);
  return here.length > 0 ? `<h2>${title}</h2>\n${here.join("\n")}` : "";
});
writeFileSync(
  `${flags.from}/index.html`,
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>mgt, measured</title>
<style>body{font-family:sans-serif;max-width:900px;margin:2em auto}figure{margin:1em 0;border:1px solid #ddd}</style>
<h1>mgt, measured</h1>
<p>${[...new Set(machines)].join("<br>")}</p>
${sections.join("\n")}
</html>
`,
);
console.log(`${plots.size} plots: ${flags.from}/index.html`);
