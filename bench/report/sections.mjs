// The report, table by table, in the order of the seed's document.
import { mean, picture, share, signed, table, tierShares, times } from "./format.mjs";
import { halfStepShare, latencySection, memorySection, microSection } from "./costs.mjs";
import { energySection } from "./energy.mjs";
import { calibrationSection, gateSections } from "./gates.mjs";
import { goalSections } from "./goals.mjs";
import { workloads } from "./measure.mjs";
import { outsiderSection } from "./outsiders.mjs";
import { sizeSection } from "./sizes.mjs";

/** What the seed promises, from its workload models. */
const seedWorkloads = {
  streaming: { tiers: "70 / 0 / 20 / 10", speedup: "10-15x", quality: "95-99 %" },
  interactive: { tiers: "40 / 0 / 40 / 20", speedup: "4-6x", quality: "95-99 %" },
  continuous: { tiers: "10 / 0 / 50 / 40", speedup: "2-3x", quality: "95-99 %" },
  safety: { tiers: "5 / 0 / 30 / 65", speedup: "1.5-2x", quality: "95-99 %" },
};

/** Multiply-adds of attention over 16 positions in 4 layers of 256 (scores and sums), of a step's. */
function attentionShare({ "step-baseline": { tiers } }) {
  const { gmacs, p50_us } = tiers["0"];
  return (4 * 2 * 16 * 256) / (gmacs * p50_us * 1e3);
}

/** What sections 1 and 12 say of single techniques: early exits alone, skips alone, windows routed at half capacity. */
function techniqueFigures(results) {
  const routed = results.routing.streams.map(({ points }) => points.find((p) => Math.abs(p.capacity - 0.5) < 0.01));
  return { exits: results["exits-only"].total, skips: results["skips-only"].total, routed };
}

function summarySection(results) {
  const { exits, skips, routed } = techniqueFigures(results);
  const spared = (part) => share(1 - part);
  const speedups = results.calibration.map(({ workload, held: { total } }) => `${workload} ${times(total.speedup)}`);
  const rows = [
    [
      "Mixture-of-Depths routing",
      "50 % of the multiply-adds, always",
      `${spared(routed[0].mac_share)} of them at ${signed(mean(routed.map((point) => point.nats_loss)))} nats`,
      "window mode; the age of a token decides",
    ],
    [
      "early exit",
      "30-50 % latency, high",
      `${spared(1 / exits.speedup)} of the time spared at ${signed(exits.nats_loss)} nats`,
      "streaming",
    ],
    [
      "sparse attention",
      "90 % of attention's operations, long context",
      `${spared(16 / 1024)} at T = 1,024, by the window; ${share(attentionShare(results), 1)} of a step are left`,
      "every model and mode",
    ],
    [
      "spike-driven",
      "87x energy, event-driven",
      `${times(skips.mac_speedup)} fewer multiply-adds at ${signed(skips.nats_loss)} nats (87x is the paper's, on hardware for spikes)`,
      "streaming, skips alone",
    ],
    [
      "energy-based",
      "tunable trade-off, by policy",
      `one threshold with a bound on the loss: ${speedups.join(", ")}`,
      "calibrated, warm (section 2)",
    ],
  ];
  return `## 12. Summary\n\n${table(["technique", "seed", "ours", "where"], rows)}`;
}

function componentSection(results) {
  const { exits, skips, routed } = techniqueFigures(results);
  const [log, code] = results.speculation;
  const losses = routed.map((point) => point.nats_loss).sort((a, b) => a - b);
  const rows = [
    [
      "Mixture-of-Depths routing",
      "2-3x on CPU, 50 % fewer multiply-adds, no loss",
      `${times(mean(routed.map((point) => point.speedup)))} faster with ${share(routed[0].mac_share)} of the multiply-adds, ${signed(losses[0])} to ${signed(losses.at(-1))} nats, ${signed(mean(losses))} on average`,
      "window mode, transformer alone, capacity 0.5: the youngest run a layer, older ones its attention alone, the oldest ride the residual",
    ],
    [
      "early exit",
      "1.5-3x",
      `${times(exits.speedup)} (${times(exits.layer_speedup)} fewer layers), ${signed(exits.nats_loss)} nats, ${share(exits.accuracy_retained, 1)} of the accuracy`,
      "streaming, exits alone at confidence 0.98",
    ],
    [
      "self-speculative decoding",
      "1.5-2x, 2.1x best",
      `${times(log.speedup)} on logs, ${times(code.speedup)} on code`,
      "greedy, drafts alone: same text bit for bit; drafts come from the stream memory, three prompts each",
    ],
    [
      "sparse attention",
      "2-4x of attention, 2x per tier",
      `${times(1 / (1 - attentionShare(results) / 2))} at most`,
      `attention over 16 positions is ${share(attentionShare(results), 1)} of the multiply-adds at hidden 256: halving it cannot be seen. The window itself is what saves: T x W instead of T x T (section 11)`,
    ],
    [
      "spike-driven inference",
      "50-80 % skipped, 2-5x; 5-15 % of neurons active",
      `${share(skips.tiers["3"] / skips.bytes)} skipped, ${times(skips.speedup)}, ${signed(skips.nats_loss)} nats`,
      "streaming, tier 3 alone at memory certainty 0.998; 5 to 18 % of the neurons are active (model cards)",
    ],
    [
      "energy",
      "1.5-3x at 95 % quality; better calibrated",
      `calibration error ${results.gate.exits
        .map((e) => e.calibration_error.toFixed(3))
        .sort()
        .join(", ")}`,
      "per stream, at most 0.03 wanted; see the reliability diagram",
    ],
  ];
  return `## 1. Component techniques\n\n${table(["technique", "seed", "ours", "note"], rows)}`;
}

/** One row of the workloads' table; `micro` is the same run on the small model, where there is one. */
function workloadRow(name, figures, seed, micro) {
  return [
    name,
    seed?.tiers ?? "",
    tierShares(figures),
    seed?.speedup ?? "",
    `${times(figures.speedup)} (${times(figures.mac_speedup)})`,
    share(figures.accuracy_retained, 2),
    signed(figures.nats_loss),
    share(figures.agreement, 1),
    micro ? `${times(micro.speedup)} (${times(micro.mac_speedup)})` : "",
  ];
}

function workloadSection(results) {
  const rows = workloads.flatMap((workload) => {
    const report = results[`${workload}-baseline`];
    const micro = results[`${workload}-micro`];
    const found = results.calibration.find((entry) => entry.workload === workload);
    return [
      workloadRow(`**${workload}**, ${report.policy}, fresh start`, report.total, seedWorkloads[workload], micro.total),
      ...report.streams.map((figures, i) => workloadRow(figures.name, figures, undefined, micro.streams[i])),
      ...(found ? [workloadRow(`**${workload}**, calibrated to ${share(found.risk)}, warm`, found.held.total)] : []),
      ...(found ? found.held.streams.map((figures) => workloadRow(figures.name, figures)) : []),
    ];
  });
  const head = [
    "workload",
    "seed's tiers 3/2/1/0, %",
    "ours",
    "seed",
    "ours: faster (fewer multiply-adds)",
    "accuracy kept",
    "nats",
    "same best guess",
    "micro",
  ];
  return `## 2. Workloads

${picture("gated against dense, by workload", "workloads")}

${table(head, rows)}
"Calibrated, warm" are thresholds that \`mgt calibrate\` found on the calibration half for a loss that the workload may take, in a session that has
read that half before the held-out one is counted, as a service that has run for a while (dense likewise). See section 10, which has them from a
fresh start as well.

Where the seed's factor is not reached: its model prices tier 3 at 0.01 of a full step and assumes its tier shares. Here a dense step is already
incremental (one position, KV cache kept) and event-driven in its feed-forward layers, so a skipped step costs 0.03 to 0.05 of it, and how many steps
may be skipped is decided by the loss that the policy allows, not assumed. On code the stream memory alone is seldom sure.

The baseline's lower half, which a gated session runs most, has mostly 4 bits. Natively half of the layers are ${share(halfStepShare(results))} of a dense step's
time (section 4), so leaving out the upper half gains more time than multiply-adds. In WebAssembly, which multiplies less a second
(see below), the two halves cost nearly the same.
`;
}

/** The same command in Node: same bits, other times. */
function wasmSection(results) {
  const rows = workloads.map((workload) => {
    const { total, arch } = results[`wasm-${workload}`];
    const { dense, 3: skipped } = total.latency_us;
    const us = (value) => (value === null ? "-" : value.toFixed(1));
    return [workload, arch, times(total.speedup), times(total.mac_speedup), us(dense.p50), us(skipped.p50)];
  });
  const head = ["workload", "build", "faster", "fewer multiply-adds", "dense step, p50 us", "skipped step, p50 us"];
  return `### In WebAssembly (Node 24), the workload's policy, first 20 kB of every stream\n\n${table(head, rows)}`;
}

function anomalySection(results) {
  const oneLayer = results["one-layer-streaming"];
  const calibrated = results.calibration.find(({ workload }) => workload === "streaming").held;
  const runs = [
    ...results["streaming-baseline"].streams.map((figures) => ({ ...figures, policy: "default" })),
    ...calibrated.streams.map((figures) => ({ ...figures, policy: "calibrated" })),
    ...oneLayer.streams.map((figures) => ({ ...figures, policy: "`--tier 2`" })),
  ];
  const rows = runs
    .filter(({ anomaly }) => anomaly)
    .map(({ name, policy, anomaly: { lines, anomalous, gated, dense } }) => [
      `${name}, ${policy}`,
      `${anomalous} of ${lines}`,
      ...["mean", "max", "lambda"].flatMap((score) => [dense[score], gated[score]]).map((value) => value.toFixed(3)),
    ]);
  const { dense } = runs.find(({ name }) => name === "telemetry").anomaly;
  const head = [
    "stream",
    "anomalous lines",
    "mean surprise, dense",
    "gated",
    "largest surprise, dense",
    "gated",
    "lowest λ, dense",
    "gated",
  ];
  return `### Anomalous lines, area under the ROC curve

${table(head, rows)}
λ sees what surprise does not, where every step runs a layer: the similarity graph needs its states. A session that skips has the bigram graph,
which sees nothing here. One layer at every step (\`mgt run --tier 2\`) keeps λ as the dense session has it, ${times(oneLayer.total.speedup)} as fast as that.

By their surprise the telemetry's faults are invisible to the dense model as well (${dense.mean.toFixed(3)}; 0.5 is chance), for reasons not tested.
`;
}

function qualitySection(results) {
  const rows = workloads.map((workload) => {
    const { total } = results[`${workload}-baseline`];
    return [workload, "95-99 %", share(total.accuracy_retained, 2), signed(total.nats_loss), share(total.agreement, 2)];
  });
  return `## 6. Quality retention

${table(["workload", "seed", "accuracy kept", "nats", "same best guess"], rows)}
"Tier transitions: no loss" and "cache hits: 100 %" hold under policy \`exact\` (same bits), which the safety row runs.
`;
}

export function sections(results) {
  return [
    componentSection(results),
    workloadSection(results),
    ...goalSections(results),
    wasmSection(results),
    anomalySection(results),
    memorySection(results),
    latencySection(results),
    microSection(results),
    qualitySection(results),
    outsiderSection(results),
    energySection(results),
    ...gateSections(results),
    calibrationSection(results),
    sizeSection(results),
    summarySection(results),
  ];
}
