// Writes the tables of README.md that stand between <!-- table NAME --> and <!-- end of NAME --> from the results
// that are kept in bench/results.
//
// Usage: node scripts/readme_tables.mjs [--check] [--take]
//   --check   writes nothing; ends with 1 where README.md and the results differ (make lint)
//   --take    first keeps the latest results of build/bench: peers.json must be there, browsers.json, startup.json and
//             sweeps.json are taken where they are (gate.json is make report's)
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { readFlags } from "../bench/peers/flags.mjs";
import { listedJson } from "../bench/peers/listed.mjs";
import { at, requireBuilt, results } from "../bench/peers/paths.mjs";

const kept = at("bench/results");
const readme = at("README.md");
const flags = readFlags(import.meta.url, {
  check: { type: "boolean", default: false },
  take: { type: "boolean", default: false },
});
if (flags.take) take();
requireBuilt({ [`${kept}/peers.json`]: "node scripts/readme_tables.mjs --take, after make bench-peers," });

function take() {
  requireBuilt({ [`${results}/peers.json`]: "make bench-peers" });
  mkdirSync(kept, { recursive: true });
  for (const name of ["peers", "browsers", "startup", "sweeps"]) {
    const path = `${results}/${name}.json`;
    if (!existsSync(path)) continue;
    const report = JSON.parse(readFileSync(path, "utf8"));
    for (const row of report.rows) delete row.percentiles_us; // the plots' alone
    writeFileSync(`${kept}/${name}.json`, listedJson(report));
  }
}

const read = (name) => {
  const path = `${kept}/${name}.json`;
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : null;
};
const markdown = ([head, ...rows]) =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
/** A load beyond the measuring process itself. */
const busyLoad = 1.5;
const us = (value) => value.toFixed(value < 100 ? 1 : 0);
const percent = (share) => `${(100 * share).toFixed(0)} %`;

/** A busy machine shows in every figure, so it stands beside them. */
const loadOf = ({ machine }) => `load ${machine.load_after.toFixed(1)}`;

function peersTable({ machine, date, engines, ratios, product_shares, step_shares }) {
  const rows = ratios.map((one) => [
    `${one.config} ${one.weights}, ${one.task}`,
    `${one.ours.replace("mgt ", "")}: ${us(one.ours_us)}`,
    `${one.peer} ${one.peer_form}: ${us(one.peer_us)}`,
    `${one.ratio.toFixed(2)}${one.by === "p10_us" ? " (best tenth)" : ""}`,
    one.goal === null ? "" : one.goal.toFixed(2),
    one.ours_p99_over_p50.toFixed(2),
  ]);
  const products = product_shares.map((one) => `${one.arch} ${percent(one.share)}`).join(", ");
  const steps = step_shares
    .filter(({ engine }) => engine === "mgt native")
    .map((one) => `${one.config} ${one.weights} ${percent(one.sure_share)} to ${percent(one.share)}`)
    .join(", ");
  const load = Math.max(machine.load_before, machine.load_after);
  const busy =
    load > busyLoad
      ? ` The machine was busy with other work (load up to ${load.toFixed(1)}), so these figures are provisional: where ` +
        "medians were disturbed, times and ratio are of the best tenth of the runs, and p99 says nothing."
      : "";
  return [
    `${machine.cpu}, one core, one thread, ${date}; ${engines["ort-node"]}, ${engines["ort-web"]}. ` +
      `Median microseconds of at least 300 runs each, in turns.${busy}`,
    "",
    markdown([["case", "ours", "best of the peer", "ratio", "goal", "our p99 / median"], ...rows]),
    "",
    `Of what the machine can do, measured in the same run: matrix products (int8 dot rate) ${products}; ` +
      `native steps (read bandwidth, weights surely read to all weights) ${steps}.`,
  ].join("\n");
}

function elsewhereTable(browsers, startup, sweeps) {
  const parts = [];
  if (browsers) {
    const names = [...new Set(browsers.rows.map(({ engine }) => engine))];
    const cases = [...new Set(browsers.rows.map((row) => `${row.config} ${row.weights}, ${row.task}`))];
    const find = (name, engine) =>
      browsers.rows.find((row) => `${row.config} ${row.weights}, ${row.task}` === name && row.engine === engine);
    const rows = cases.map((name) => [name, ...names.map((engine) => us(find(name, engine).p50_us))]);
    parts.push(markdown([[`median us, ${loadOf(browsers)}`, ...names], ...rows]));
  }
  if (startup) {
    const rows = startup.rows.map(({ engine, build, counted, worker, goal_ms }) => [
      `${engine}, ${build}`,
      `${counted.p50_ms.toFixed(1)} / ${counted.p90_ms.toFixed(1)}`,
      String(goal_ms),
      `${worker.p50_ms.toFixed(1)} / ${worker.p90_ms.toFixed(1)}`,
    ]);
    const { samples } = startup.rows[0];
    const head = [
      `cold start of micro, ms, median / 90 % of ${samples} processes, ${loadOf(startup)}`,
      "compile to first logits",
      "goal",
      "all, in a worker",
    ];
    parts.push(markdown([head, ...rows]));
  }
  if (sweeps) {
    const figures = sweeps.growth.map(({ engine, kind, ratio }) => `${engine}, ${kind}: ${ratio.toFixed(2)}`);
    parts.push(
      `Window mode, t(16384) / t(1024) at window 16: ${figures.join("; ")} (${sweeps.machine.cpu}, ${loadOf(sweeps)}).`,
    );
  }
  return parts.join("\n\n");
}

const shownStreams = ["package log", "typing", "documents", "sources"];

/** Areas under the ROC curve, as `mgt eval --gate` prints them: .5 is chance. */
function gateTable(gate) {
  if (!gate) return "";
  const area = (value) => value.toFixed(3).replace(/^0/, "");
  const columns = shownStreams.map((stream) => gate.streams.indexOf(stream));
  const exits = gate.exits.map(({ signal, areas }) => [signal, ...columns.map((i) => area(areas[i]))]);
  const switches = gate.switches.map((row) => [
    row.signal,
    ...[row.auc_1_8, row.auc_8_24, row.auc_24_56, row.unseen_1_56].map(area),
    percent(row.found),
    row.median_delay === null ? "-" : String(row.median_delay),
  ]);
  return [
    markdown([["exit 1's best guess is that of all layers", ...shownStreams], ...exits]),
    markdown([
      [
        "another kind of stream began so many bytes ago",
        "1-8",
        "8-24",
        "24-56",
        "unseen kinds, 1-56",
        "found",
        "delay, bytes",
      ],
      ...switches,
    ]),
  ].join("\n\n");
}

const tables = {
  gate: gateTable(read("gate")),
  peers: peersTable(read("peers")),
  elsewhere: elsewhereTable(read("browsers"), read("startup"), read("sweeps")),
};
const before = readFileSync(readme, "utf8");
let after = before;
for (const [name, table] of Object.entries(tables)) {
  const [open, close] = [`<!-- table ${name} -->\n`, `<!-- end of ${name} -->`];
  const [from, to] = [after.indexOf(open), after.indexOf(close)];
  if (from < 0 || to < from) throw new Error(`README.md has no ${open.trim()} followed by ${close}`);
  after = `${after.slice(0, from + open.length)}${table}\n${after.slice(to)}`;
}
if (after !== before && flags.check) {
  console.error("README.md and bench/results differ: node scripts/readme_tables.mjs writes the tables again");
  process.exit(1);
}
if (after !== before) writeFileSync(readme, after);
