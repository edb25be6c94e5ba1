// From nothing to the first logits of micro: in Node 20 or what this machine has, Node 24, Chromium and Firefox, every
// sample in a process of its own. To the terminal and to build/bench/startup.json.
// To keep all of it on one CPU: taskset -c 1 node bench/startup/run.mjs
//
// Usage: run.mjs [--samples N] [--only node|browsers] [--model PATH]
//   --samples N   of every engine and variant (20)
//   --only X      no browsers, or nothing else
//   --model PATH  inside this tree (models/micro-q8_0.gguf)
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { findBrowser, serveTree } from "../browsers/open.mjs";
import { count, progress, readFlags } from "../peers/flags.mjs";
import { at, node24, nodeOfMachine, requireBuilt, results } from "../peers/paths.mjs";
import { table } from "../peers/print.mjs";
import { gzipSizes, sizesText } from "../peers/sizes.mjs";
import { quantile } from "../peers/statistics.mjs";

/** Compile, load micro and the first logits. Import and fetch are not the engine's. */
const goalMs = 30;
const counted = ["compile", "instantiate_and_load", "create", "first_step"];
const phases = ["import", "fetch", ...counted];

const flags = readFlags(import.meta.url, {
  samples: { type: "string", default: "20" },
  only: { type: "string", default: "" },
  model: { type: "string", default: "models/micro-q8_0.gguf" },
});
const samples = count(flags, "samples");
requireBuilt({
  [at("js/dist/index.js")]: "make js",
  [node24]: "scripts/setup/setup.sh npm",
  [at(flags.model)]: "git checkout",
});

const nodeName = (program) => `Node ${execFileSync(program, ["--version"], { encoding: "utf8" }).trim().slice(1)}`;

function nodeEngine(program, build) {
  const script = at("bench/startup/node.mjs");
  return {
    name: nodeName(program),
    build,
    variants: ["phases", "plain", "worker"],
    sample: (variant) =>
      JSON.parse(execFileSync(program, [script, variant, build, flags.model], { encoding: "utf8", stdio: "pipe" })),
  };
}

function browserEngine(name, origin) {
  return {
    name,
    build: "relaxed",
    variants: ["phases", "worker"], // a browser's process takes seconds to start and to end
    async sample(variant) {
      const browser = await (await findBrowser(name)).open();
      try {
        this.name = browser.version.replace("/", " ");
        await browser.goto(`${origin}/bench/startup/page.html`);
        await pause(300); // the browser has its own start behind it
        const request = JSON.stringify({ variant, build: this.build, model: flags.model });
        return await browser.evaluate(`takeSample(${request})`);
      } finally {
        await browser.close();
      }
    },
  };
}

const engines = [];
if (flags.only !== "browsers") engines.push(nodeEngine(nodeOfMachine, "simd128"), nodeEngine(node24, "relaxed"));
let server;
if (flags.only !== "node") {
  server = await serveTree();
  engines.push(browserEngine("chromium", server.url), browserEngine("firefox", server.url));
}

for (const engine of engines) {
  engine.taken = Object.fromEntries(engine.variants.map((variant) => [variant, []]));
}
for (let i = 0; i < samples; i++) {
  for (const engine of engines) {
    for (const variant of engine.variants) {
      progress(`start-up: sample ${i + 1} of ${samples}, ${engine.name} ${variant}`);
      engine.taken[variant].push(await engine.sample(variant));
    }
  }
}
progress("");
server?.stop();

const sum = (ms, names) => names.reduce((total, name) => total + ms[name], 0);
const figures = (values) => {
  const sorted = Float64Array.from(values).sort();
  const figure = (q) => Number(quantile(sorted, q).toFixed(2));
  return { p50_ms: figure(0.5), p90_ms: figure(0.9), least_ms: Number(sorted[0].toFixed(2)) };
};

const rows = engines.map(({ name, build, taken }) => ({
  engine: name,
  build,
  samples,
  phases: Object.fromEntries(phases.map((phase) => [phase, figures(taken.phases.map((ms) => ms[phase]))])),
  counted: figures(taken.phases.map((ms) => sum(ms, counted))),
  goal_ms: goalMs,
  worker: figures(taken.worker.map((ms) => ms.import + ms.ready)),
  ...(taken.plain && {
    plain: figures(taken.plain.map((ms) => ms.import + ms.ready)),
    // Of all threads from compile to first step: what other programs take of the machine does not count.
    processor: figures(taken.phases.map((ms) => ms.processor)),
    since_process_start: figures(taken.plain.map((ms) => ms.since_process_start)),
  }),
}));
const sizes = gzipSizes();
mkdirSync(results, { recursive: true });
const machine = { cpu: cpus()[0].model, load_after: loadavg()[0] };
writeFileSync(`${results}/startup.json`, `${JSON.stringify({ machine, model: flags.model, rows, sizes }, null, 1)}\n`);

const cell = ({ p50_ms, p90_ms }) => `${p50_ms.toFixed(1)} / ${p90_ms.toFixed(1)}`;
const lines = rows.map((row) => [
  row.engine,
  row.build,
  ...phases.map((phase) => cell(row.phases[phase])),
  cell(row.counted),
  String(goalMs),
  row.counted.p50_ms <= goalMs ? "yes" : "no",
  row.processor ? cell(row.processor) : "-",
  row.plain ? cell(row.plain) : "-",
  cell(row.worker),
]);
const head = ["engine", "build", "import", "fetch", "compile", "load", "create", "step"];
console.log(`\n${flags.model}, ms, median / 90 % of ${samples} fresh processes each`);
console.log(
  table([
    [...head, "compile to step", "goal", "reached", "its processor time", "all, loadModel()", "all, in a worker"],
    ...lines,
  ]),
);
console.log(
  "load: the module instantiated, the file parsed and repacked, its self-test run. all: import and fetch too.",
);
console.log(`\n${sizesText(sizes)}`);
