// What was wanted of the workloads, what came of it, and where the time went.
import { readFileSync } from "node:fs";
import { at } from "../peers/paths.mjs";
import { share, signed, table, times } from "./format.mjs";

/** What was wanted: per workload or stream, times faster, accuracy kept, most nats more, same best guesses. */
const goals = [
  { workload: "streaming", speedups: { "package log": 12, heartbeat: 12, telemetry: 8 }, accuracy: 0.99, nats: 0.05 },
  { workload: "streaming", stream: "package log", speedup: 12, accuracy: 0.99, nats: 0.05 },
  { workload: "streaming", stream: "heartbeat", speedup: 12, accuracy: 0.99, nats: 0.05 },
  { workload: "streaming", stream: "telemetry", speedup: 8, accuracy: 0.99, nats: 0.05 },
  { workload: "interactive", speedup: 4, accuracy: 0.98, nats: 0.08 },
  { workload: "continuous", speedup: 3, accuracy: 0.98, nats: 0.08 },
  { workload: "safety", speedup: 1.5, accuracy: 1, nats: 0.01, agreement: 0.999 },
];

/** Sessions beside a goal: [what they ran, {held, wasm}]. */
function attempts({ workload, stream, speedups }, results) {
  const pair = (name) => ({ held: results[name], wasm: results[`wasm-${name}`] });
  if (workload === "safety") {
    return ["exact", "conservative"].map((policy) => [`\`${policy}\`, fresh`, pair(`${policy}-safety`)]);
  }
  const together = results.calibration.find((entry) => entry.workload === workload);
  const calibrated = ["calibrated, warm", together];
  if (speedups) return [["`permissive`, warm", pair("matured-streaming")], calibrated];
  if (workload !== "streaming") return [calibrated, ["calibrated without a margin, warm", together.withoutMargin]];
  const alone = results.calibrationAlone.find((entry) => entry.alone === stream);
  return [
    ["`permissive`, warm", pair("matured-streaming")],
    calibrated,
    ["calibrated by itself, warm", alone],
    ["by itself, without a margin, warm", alone.withoutMargin],
  ];
}

function goalRow({ workload, stream, speedup, speedups, accuracy, nats, agreement = 0 }, ran, runs) {
  const streamOf = (run, wanted) => run.streams.find(({ name }) => name === wanted);
  const of = (run) => (stream ? streamOf(run, stream) : run.total);
  const native = of(runs.held);
  const wanted = speedups ? Object.values(speedups) : [speedup];
  const reached = (run) =>
    speedups ? Object.keys(speedups).map((name) => streamOf(run, name).speedup) : [of(run).speedup];
  const tooSlow = (run) => reached(run).some((factor, i) => factor < wanted[i]);
  const missed = [
    ...(tooSlow(runs.held) ? ["speed-up, native"] : []),
    ...(tooSlow(runs.wasm) ? ["speed-up, WebAssembly"] : []),
    ...(native.accuracy_retained < accuracy ? ["accuracy"] : []),
    ...(native.nats_loss > nats ? ["nats"] : []),
    ...(native.agreement < agreement ? ["same best guess"] : []),
  ];
  return [
    stream ? `${workload}: ${stream}` : speedups ? `${workload}: log, heartbeat, telemetry together` : workload,
    ran,
    `${wanted.map((factor) => `${factor}x`).join(" / ")}, ${share(accuracy)}, ${signed(nats, 0)}${agreement ? `, ${share(agreement, 1)} same` : ""}`,
    reached(runs.held)
      .map((factor) => times(factor))
      .join(" / "),
    reached(runs.wasm)
      .map((factor) => times(factor))
      .join(" / "),
    share(native.accuracy_retained, 2),
    signed(native.nats_loss),
    share(native.agreement, 1),
    missed.length === 0 ? "yes" : `not: ${missed.join(", ")}`,
  ];
}

function goalTable(results) {
  const rows = goals.flatMap((goal) => attempts(goal, results).map(([ran, runs]) => goalRow(goal, ran, runs)));
  const head = [
    "",
    "session",
    "wanted: faster, accuracy, nats",
    "native",
    "WebAssembly",
    "accuracy kept",
    "nats",
    "same best guess",
    "reached",
  ];
  return `### Beside what was wanted

${table(head, rows)}
"Calibrated" keeps the loss in 95 of 100 cases, so it mostly loses less than it may. "Without a margin" is the threshold at which the calibration
half itself loses what is allowed; the held-out half may lose more or less than that.
`;
}

/** Time of a gated byte, tier by tier, and of a dense one: median times that often. */
function timeRow(name, build, { tiers, bytes, latency_us: latency }) {
  const spent = ["3", "2", "1", "0"].map((tier) => (tiers[tier] / bytes) * (latency[tier]?.p50 ?? 0));
  const sum = spent.reduce((a, b) => a + b, 0);
  return [
    name,
    build,
    latency.dense.p50.toFixed(1),
    ...["3", "2", "1", "0"].map((tier, i) =>
      tiers[tier] === 0
        ? "-"
        : `${share(tiers[tier] / bytes)} x ${latency[tier].p50.toFixed(1)} us: ${share(spent[i] / sum)}`,
    ),
  ];
}

/** Dots of 8-bit integers that a core does where WebAssembly runs, beside native code's, in 1e9 multiply-adds a second. */
function dotRates() {
  const { limits } = JSON.parse(readFileSync(at("bench/results/peers.json"), "utf8"));
  const best = (rows) => Math.max(...rows.filter(({ what }) => what === "dot").map(({ gmacs }) => gmacs));
  return { native: best(limits.native), wasm: best(limits.relaxed) };
}

function timeTable(results) {
  const together = (workload) => results.calibration.find((entry) => entry.workload === workload).withoutMargin;
  const log = results.calibrationAlone.find((entry) => entry.alone === "package log").withoutMargin;
  const careful = { held: results["conservative-safety"], wasm: results["wasm-conservative-safety"] };
  const runs = [
    ["package log, by itself without a margin", log],
    ["interactive, without a margin", together("interactive")],
    ["continuous, without a margin", together("continuous")],
    ["safety, `conservative`", careful],
  ];
  const rows = runs.flatMap(([name, { held, wasm }]) => [
    timeRow(name, "native", held.total),
    timeRow(name, "WebAssembly", wasm.total),
  ]);
  const tiers = ["tier 3", "tier 2", "tier 1", "tier 0"].map((tier) => `${tier}: steps x median, share of the time`);
  const rates = dotRates();
  const typed = together("interactive");
  const slower = (tier) => times(typed.wasm.total.latency_us[tier].p50 / typed.held.total.latency_us[tier].p50);
  return `### Where the time goes

${table(["session", "build", "dense, us", ...tiers], rows)}
Of a log most bytes are skipped, and the few steps that need all layers take nearly as long as all skipped ones. What is typed or written is computed
at most of its bytes, mostly by half of the layers, at the loss that is allowed. \`conservative\` exits nowhere.
WebAssembly gains less than native code by the same gate: its vectors have 128 bits, ${rates.wasm.toFixed(0)} instead of ${rates.native.toFixed(0)} billion multiply-adds
a second (\`make bench-peers\`). A dense step, which natively waits for its weights, takes ${slower("dense")} as long there; half of the layers, whose weights
natively stay in a core's own cache, ${slower("1")}.
`;
}

/** The goals beside what was reached, and why not where not. */
export const goalSections = (results) => [goalTable(results), timeTable(results)];
