// Generation with the lossless shortcuts against plain generation, natively and in Node: replay alone, drafts alone and
// both, which all have to give the plain run's bits. Every run is a process of its own, compilation included, as a
// command line's user has it. To the terminal and to build/bench/generation.json. On one CPU: taskset -c 1 node ...
//
// Usage: run.mjs [--prompts N] [--bytes N] [--repeats N]
//   --prompts N   prompts of each kind (6): 700 bytes of held-out text each
//   --bytes N     bytes that a run makes (256)
//   --repeats N   runs of each, in turns (3); the quickest counts
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { promisify } from "node:util";
import { count, progress, readFlags } from "../peers/flags.mjs";
import { at, nativeProgram, node24, nodeOfMachine, requireBuilt, results } from "../peers/paths.mjs";
import { table } from "../peers/print.mjs";

const promptBytes = 700;
const temperatures = [0, 0.8, 1];
const kinds = { logs: ["dpkg.log", "build.log"], code: ["sources.txt"], prose: ["documents.txt"] };
const modes = {
  plain: ["--policy", "dense"],
  again: ["--policy", "dense"], // what the machine alone makes of a ratio
  replay: ["--policy", "exact"],
  drafts: ["--policy", "dense", "--speculative"],
  both: ["--policy", "exact", "--speculative"],
};

const flags = readFlags(import.meta.url, {
  prompts: { type: "string", default: "6" },
  bytes: { type: "string", default: "256" },
  repeats: { type: "string", default: "3" },
});
const perKind = count(flags, "prompts");
const bytes = count(flags, "bytes");
const repeats = count(flags, "repeats");
const commandLine = at("js/dist/cli.js");
requireBuilt({ [nativeProgram]: "make native", [commandLine]: "make js", [node24]: "scripts/setup/setup.sh npm" });
const engines = {
  native: [nativeProgram],
  "Node 24 relaxed": [node24, commandLine],
  [`Node ${process.versions.node.split(".")[0]} simd128`]: [nodeOfMachine, commandLine],
};

/** Pieces of the streams' second halves, which no training and no threshold has seen, evenly spread. */
function promptsOf(names) {
  return Array.from({ length: perKind }, (_, i) => {
    const text = readFileSync(at("bench/streams", names[i % names.length]), "latin1");
    const half = Math.floor(text.length / 2);
    const start = half + Math.floor((i * (text.length - half - promptBytes)) / perKind);
    return text.slice(start, start + promptBytes).replace(/[^\n\x20-\x7e]/g, "?");
  });
}

async function generate([program, ...args], prompt, temperature, mode) {
  const asked = ["--json", "--prompt", prompt, "-n", String(bytes), "--temperature", String(temperature)];
  const run = await promisify(execFile)(program, [...args, "generate", ...asked, ...modes[mode]], { cwd: at() });
  return JSON.parse(run.stdout);
}

/** All modes of one prompt: the least seconds of each, and what `both` drafted. */
async function compare(command, prompt, temperature) {
  const seconds = {};
  let plain;
  let made;
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const mode of Object.keys(modes)) {
      made = await generate(command, prompt, temperature, mode);
      plain ??= made;
      if (made.logits_hash !== plain.logits_hash) throw new Error(`${mode} gives other bits than plain: ${prompt}`);
      seconds[mode] = Math.min(seconds[mode] ?? Infinity, made.seconds);
    }
  }
  return { seconds, speculative: made.speculative };
}

const sum = (list, of) => list.reduce((total, one) => total + of(one), 0);

function summarise(engine, kind, temperature, runs) {
  const total = (mode) => sum(runs, ({ seconds }) => seconds[mode]);
  const speedup = Object.fromEntries(["replay", "drafts", "both"].map((m) => [m, total("plain") / total(m)]));
  const least = (mode) => Math.min(...runs.map(({ seconds }) => seconds.plain / seconds[mode]));
  const drafted = sum(runs, ({ speculative }) => speculative.drafted);
  return {
    engine,
    kind,
    temperature,
    plain_us: (total("plain") * 1e6) / (runs.length * bytes),
    speedup,
    least: { both: least("both"), again: least("again") },
    acceptance: drafted > 0 ? sum(runs, ({ speculative }) => speculative.accepted) / drafted : null,
    tokens_per_round:
      (runs.length * bytes) /
      Math.max(
        1,
        sum(runs, ({ speculative }) => speculative.rounds),
      ),
  };
}

const rows = [];
for (const [engine, command] of Object.entries(engines)) {
  for (const [kind, names] of Object.entries(kinds)) {
    for (const temperature of temperatures) {
      const runs = [];
      for (const prompt of promptsOf(names)) {
        progress(`${engine}, ${kind}, temperature ${temperature}: prompt ${runs.length + 1} of ${perKind}`);
        runs.push(await compare(command, prompt, temperature));
      }
      rows.push(summarise(engine, kind, temperature, runs));
    }
  }
}
progress("");

const times = (x) => `${x.toFixed(2)}x`;
const shown = rows.map((r) => [
  ...[r.engine, r.kind, String(r.temperature), r.plain_us.toFixed(1)],
  ...[r.speedup.replay, r.speedup.drafts, r.speedup.both, r.least.both, r.least.again].map(times),
  r.acceptance === null ? "-" : `${(100 * r.acceptance).toFixed(0)} %`,
  r.tokens_per_round.toFixed(1),
]);
const heads = [
  "engine",
  "text",
  "temperature",
  "plain us/byte",
  "replay",
  "drafts",
  "both",
  "least of both",
  "least of plain again",
];
console.log(table([[...heads, "accepted", "bytes per round"], ...shown]));
mkdirSync(results, { recursive: true });
const about = { cpu: cpus()[0].model, load: loadavg()[0], bytes, prompts: perKind, repeats };
writeFileSync(`${results}/generation.json`, `${JSON.stringify({ ...about, rows }, null, 2)}\n`);
