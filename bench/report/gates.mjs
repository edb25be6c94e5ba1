// What each gate signal tells, what gating by it buys, and whether calibrated thresholds keep their promise.
import { halfStepShare } from "./costs.mjs";
import { picture, plain, share, signed, table, times } from "./format.mjs";
import { workloads } from "./measure.mjs";

function signalTable({ exits }) {
  const head = ["AUC, mixture (transformer alone)", ...exits.map(({ stream }) => stream)];
  const rows = Object.keys(exits[0].auc).map((signal) => [
    signal,
    ...exits.map(({ auc }) => `${plain(auc[signal].mixture)} (${plain(auc[signal].transformer)})`),
  ]);
  rows.push(["exit 1 agrees", ...exits.map((e) => `${share(e.agreement, 1)} (${share(e.transformer_agreement, 1)})`)]);
  rows.push(["calibration error of the energy", ...exits.map((e) => plain(e.calibration_error))]);
  return table(head, rows);
}

function switchTable(switches) {
  const head = ["signal", "1-8 bytes ago", "8-24", "24-56", "1-56", "found", "median delay"];
  const rows = switches.map((row) => [
    row.signal,
    ...[row.auc_1_8, row.auc_8_24, row.auc_24_56, row.auc_1_56].map((value) => plain(value)),
    share(row.found),
    plain(row.median_delay, 0),
  ]);
  return table(head, rows);
}

const shownCompute = [0.15, 0.25, 0.4];

/** Loss of the gate's best settings at a share of the dense compute, two of them used in turns where it lies between. */
function lossAt(points, compute, full) {
  const sorted = [...points].sort((a, b) => a.compute - b.compute);
  const after = sorted.findIndex((point) => point.compute >= compute);
  if (after <= 0) return sorted.at(after).nats / full - 1;
  const [left, right] = [sorted[after - 1], sorted[after]];
  const share = (compute - left.compute) / (right.compute - left.compute);
  return (left.nats + share * (right.nats - left.nats)) / full - 1;
}

function computeTable({ exits }) {
  const head = [`more nats at ${shownCompute.map((c) => share(c)).join(" / ")} of the compute`];
  const rows = Object.keys(exits[0].curves).map((name) => [
    name,
    ...exits.map(({ curves }) => {
      const full = curves["fixed exit"].at(-1).nats;
      return shownCompute.map((compute) => signed(lossAt(curves[name], compute, full))).join(" / ");
    }),
  ]);
  return table([...head, ...exits.map(({ stream }) => stream)], rows);
}

const studiedBytes = 24_000; // of a held-out half, at most (`mgt eval --gate`)

/** The same, all bytes of a workload's streams taken together. */
function workloadTable({ gate, ...results }) {
  const lossOf = (workload, name, compute) => {
    let [dense, lost] = [0, 0];
    for (const { name: stream, bytes } of results[`${workload}-baseline`].streams) {
      const { curves } = gate.exits.find((study) => study.stream === stream);
      const nats = Math.min(bytes, studiedBytes) * curves["fixed exit"].at(-1).nats;
      dense += nats;
      lost += nats * lossAt(curves[name], compute, curves["fixed exit"].at(-1).nats);
    }
    return lost / dense;
  };
  const rows = Object.keys(gate.exits[0].curves).map((name) => [
    name,
    ...workloads.map((workload) => shownCompute.map((compute) => signed(lossOf(workload, name, compute))).join(" / ")),
  ]);
  return table(["by workload", ...workloads], rows);
}

/** Streams whose curves are drawn, and what each plot is called. */
export const shownCurves = ["package log", "telemetry", "typing", "sources"];
export const curveName = (stream) => `curve-${stream.replaceAll(" ", "-")}`;

export function gateSections(results) {
  const { gate } = results;
  const pictures = shownCurves.map((stream) => picture(`${stream}: loss against compute`, curveName(stream)));
  return [
    `## 8. The gate: is exit 1's best guess that of all layers?\n\n${signalTable(gate)}
\`mgt eval --gate\`. The energy is the engine's own, with the shipped weights (fitted on the calibration halves, \`models/calibrate.py\`): the probability that an
answer costs over a bit more than that of all layers, from memory confidence, LIF of the answers given and of the memory's, the place in the word and
the answer's own confidence. Its calibration error is for
that event. Beside confidence λ adds nothing about depth, as the gate study found.

${picture("reliability of the energy", "reliability")}\n`,
    `### Quality against compute\n\nOne threshold for all answers of a step, swept; "as gated" accepts exit 1 at three times the odds and the last exit at twelve. States exact, one answer per step, compute in
multiply-adds. By these the last exit costs half of a dense step, by the clock of this machine ${share(halfStepShare(results))} (section 4): less where the lower layers
stay in the second-level cache and all of them do not.\n\n${computeTable(gate)}\n${workloadTable(results)}
By workload: what all bytes of its streams lose together.\n\n${pictures.join("\n")}\n`,
    `## 9. The gate: has the kind of stream changed?\n\n${switchTable(gate.switches)}
300 splices of two kinds; "found": within 56 bytes at 2 false alarms per 1000 bytes. Excess surprise is what a byte cost beyond the entropy of the answer
before it. "Against its own past": the last 1, 3, 12 or 48 bytes against the 200 before them, in standard errors. Counts: what a byte costs by those of
bytes and pairs in the last 300. The combinations are fitted on 1500 splices of the calibration halves; "network" is two of one hidden layer of 24 units each. Wanted
were .97 in every span, 90 % found and a median delay of 3. Beside the rest λ adds nothing here.\n`,
    `### Kinds that no model was trained on\n\n${switchTable(gate.unseen_switches)}
300 splices of WebAssembly text, a hex dump, SVG drawings and traces (workload \`unseen\`), by the same combinations: nothing was fitted on these kinds.
At least .80 was wanted. The transformer's own surprise says little here, as everything surprises it; λ, counts and what the mixture did not expect remain.\n`,
  ];
}

export function calibrationSection({ calibration, calibrationAlone }) {
  const rows = [...calibration, ...calibrationAlone].map((entry) => {
    const { workload, alone, risk, warmUp, chosen, held, young, withoutMargin } = entry;
    const bare = withoutMargin.held.total;
    return [
      alone ? `${alone}, by itself` : workload,
      share(risk),
      `${warmUp / 1000} kB`,
      plain(chosen.energy_max),
      signed(chosen.loss, 2),
      signed(chosen.bound, 2),
      `${chosen.resamples.kept} of ${chosen.resamples.rounds}`,
      held.streams.map((s) => `${s.name} ${signed(s.nats_loss, 2)}`).join(", "),
      signed(held.total.nats_loss, 2),
      times(held.total.speedup),
      `${times(young.total.speedup)}, ${signed(young.total.nats_loss, 2)}`,
      `${plain(withoutMargin.energyMax, 4)}: ${times(bare.speedup)}, ${signed(bare.nats_loss, 2)}`,
    ];
  });
  const head = [
    "workload",
    "risk",
    "warm-up",
    "accepted energy",
    "loss, calibration half",
    "bound at 95 %",
    "kept, random halves",
    "loss, held-out half",
    "together",
    "faster",
    "the same from a fresh start",
    "without a margin",
  ];
  return `## 10. Calibrated to what a workload may lose

${table(head, rows)}
\`mgt calibrate --fit --risk R --warm-up BYTES --resamples 100\` on the calibration halves, then the calibrated copy on the held-out half, later in time,
once the session has read the calibration half (\`mgt eval --warm\`). The first bytes of a stream lose most: the memory knows nothing yet;
the first half of the shortest calibration half only fills the memory.
"Without a margin": where the loss on the calibration half itself reaches the risk, whatever its bound.
`;
}

/** What README.md shows of the study: areas by signal, those of exits in the order of `streams`. */
export function gateFigures({ gate, origin }) {
  const exits = Object.keys(gate.exits[0].auc).map((signal) => ({
    signal,
    areas: gate.exits.map(({ auc }) => Number(auc[signal].mixture.toFixed(3))),
  }));
  const switches = gate.switches.map((row) => ({
    ...row,
    unseen_1_56: gate.unseen_switches.find(({ signal }) => signal === row.signal).auc_1_56,
  }));
  return { commit: origin.commit, streams: gate.exits.map(({ stream }) => stream), exits, switches };
}
