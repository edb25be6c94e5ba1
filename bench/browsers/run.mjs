// Steps and windows of the npm package in Chromium and Firefox beside Node, in turns. To the terminal and to
// build/bench/browsers.json. To keep all of it on one CPU: taskset -c 1 node bench/browsers/run.mjs
//
// Usage: run.mjs [--rounds N]
//   --rounds N   turns of each engine (24); at least 300 batches are timed whatever it is
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { largestDifference } from "../peers/check.mjs";
import { Engine } from "../peers/engine.mjs";
import { programs } from "../peers/entrants.mjs";
import { count, progress, readFlags } from "../peers/flags.mjs";
import { findModels } from "../peers/models.mjs";
import { at, node24, repository, requireBuilt, results, stream } from "../peers/paths.mjs";
import { table, timesText } from "../peers/print.mjs";
import { summary } from "../peers/statistics.mjs";
import { BrowserEngine, browserNames, serveTree } from "./open.mjs";

const leastBatches = 300;
const flags = readFlags(import.meta.url, { rounds: { type: "string", default: "24" } });
const rounds = count(flags, "rounds");
requireBuilt({ [at("js/dist/index.js")]: "make js", [node24]: "scripts/setup/setup.sh npm" });

const urlOf = (origin, path) => origin + path.slice(repository.length);
const server = await serveTree();
const field = [
  { name: "Node 24 relaxed", engine: new Engine(programs.relaxed) },
  { name: `Node ${process.versions.node.split(".")[0]} simd128`, engine: new Engine(programs.simd128) },
];
for (const name of browserNames) {
  const engine = await BrowserEngine.start(name, server.url);
  field.push({ name: engine.about.replace("/", " ").replace(/^HeadlessChrome/, "Chromium"), engine, inBrowser: true });
}

async function openCase(model, task) {
  const { tokens } = model.shape;
  const id = `${model.config}/${model.weights}/${task}`;
  const request = { id, task, tokens: task === "window" ? tokens : 1 };
  const text = [...readFileSync(stream).subarray(1000, 1000 + tokens)];
  let reference;
  for (const one of field) {
    const where = one.inBrowser ? (path) => urlOf(server.url, path) : (path) => path;
    const { arch } = (await one.engine.open({ ...request, model: where(model.path), stream: where(stream) })) ?? {};
    one.arch = arch ?? one.arch;
    const { logits } = await one.engine.ask({ op: "logits", id, tokens: text });
    reference ??= logits;
    if (largestDifference(reference, logits) !== 0) throw new Error(`${id}: ${one.name} gives other logits than Node`);
    one.us = [];
    await one.engine.ask({ op: "time", id, warm_ms: 300, ms: 50, least: 3 });
  }
  return id;
}

const rows = [];
for (const model of findModels()) {
  for (const task of ["step", "window"]) {
    const id = await openCase(model, task);
    for (let round = 0; round < rounds; round++) {
      progress(`${id}: round ${round + 1} of ${rounds}`);
      for (const one of field) {
        const least = Math.ceil(leastBatches / rounds);
        const { us, batch } = await one.engine.ask({ op: "time", id, warm_ms: 6, ms: 25, least });
        one.us.push(...us);
        one.batch = batch ?? 1;
      }
    }
    const { config, weights } = model;
    const here = field.map(({ name, us, batch, arch }) => ({
      config,
      weights,
      task,
      engine: name,
      form: batch > 1 ? `mean of ${batch}` : "single runs",
      ...(arch ? { arch } : {}),
      batch,
      ...summary(us),
    }));
    rows.push(...here);
    progress("");
    console.log(`\n${config}, ${weights} weights, ${task}\n${timesText(here)}`);
  }
}
for (const { engine } of field) await engine.close();
server.stop();

const ratios = rows
  .filter(({ engine }) => !engine.startsWith("Node"))
  .map(({ config, weights, task, engine, p50_us }) => {
    const node = rows.find(
      (row) => row.config === config && row.weights === weights && row.task === task && row.engine === field[0].name,
    );
    return { config, weights, task, engine, against: node.engine, ratio: Number((p50_us / node.p50_us).toFixed(3)) };
  });
const cells = ratios.map((one) => [
  `${one.config} ${one.weights} ${one.task}`,
  `${one.engine} / ${one.against}`,
  one.ratio.toFixed(2),
]);
console.log(`\n${table([["case", "browser / Node", "ratio"], ...cells])}`);
mkdirSync(results, { recursive: true });
const machine = { cpu: cpus()[0].model, load_after: loadavg()[0] };
writeFileSync(`${results}/browsers.json`, `${JSON.stringify({ machine, ratios, rows }, null, 1)}\n`);
