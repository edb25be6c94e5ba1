// Plots of what gating saves: speed-up by workload, and the time of steps by tier.
import { Plot, colours, legend, svgOf } from "../plots/svg.mjs";
import { workloads } from "./measure.mjs";

const kinds = {
  native: colours["mgt native"],
  "native, calibrated": "#4d8fc7",
  WebAssembly: colours["mgt wasm relaxed"],
  "native, model micro": "#7a4fb5",
};

function speedups(results, workload) {
  const calibrated = results.calibration.find((entry) => entry.workload === workload);
  const runs = {
    native: results[`${workload}-baseline`],
    "native, calibrated": calibrated?.held,
    WebAssembly: results[`wasm-${workload}`],
    "native, model micro": results[`${workload}-micro`],
  };
  return Object.entries(runs)
    .filter(([, run]) => run)
    .map(([kind, { total }]) => ({ workload, kind, speedup: total.speedup, macs: total.mac_speedup }));
}

export function workloadPlot(results) {
  const bars = workloads.flatMap((workload) => speedups(results, workload));
  const named = legend(Object.entries(kinds).map(([name, colour]) => ({ name, colour })));
  return svgOf({
    title: "Gated against dense, by workload",
    subtitle:
      "Bars: times faster than all layers at every step. Ticks, in brackets: times fewer multiply-adds. WebAssembly: 20 kB of every stream.",
    height: 540,
    marginLeft: 90,
    marginRight: 110,
    marginBottom: 44,
    marginTop: named.height,
    x: { label: "times faster", zero: true, nice: true, grid: true, tickFormat: (x) => `${x}x` },
    y: { axis: null, domain: Object.keys(kinds), padding: 0.15 },
    fy: { label: null, domain: workloads, padding: 0.18 },
    marks: [
      Plot.ruleX([1], { strokeDasharray: "4 3" }),
      Plot.barX(bars, { fy: "workload", x: "speedup", y: "kind", fill: ({ kind }) => kinds[kind] }),
      Plot.tickX(bars, { fy: "workload", x: "macs", y: "kind", stroke: "#222", strokeWidth: 2 }),
      Plot.text(bars, {
        fy: "workload",
        x: ({ speedup, macs }) => Math.max(speedup, macs),
        y: "kind",
        text: ({ speedup, macs }) => `${speedup.toFixed(2)}x (${macs.toFixed(2)}x)`,
        dx: 6,
        textAnchor: "start",
      }),
      Plot.ruleX([0]),
      ...named.marks,
    ],
  });
}

const stepKinds = ["dense", "0", "1", "2", "3"].map((key) => ({ key, step: key === "dense" ? key : `tier ${key}` }));
const whole = (us) => Math.round(us).toLocaleString("en");
const programs = { native: colours["mgt native"], WebAssembly: colours["mgt wasm relaxed"] };

function stepTimes(program, { total }) {
  return stepKinds
    .filter(({ key }) => total.latency_us[key].steps > 0)
    .map(({ key, step }) => ({ program, step, ...total.latency_us[key] }));
}

/** p50 and p99 of the streaming workload's steps; what lies between was not kept. */
export function latencyPlot(results) {
  const rows = [
    ...stepTimes("native", results["streaming-baseline"]),
    ...stepTimes("WebAssembly", results["wasm-streaming"]),
  ];
  const most = Math.max(...rows.map(({ p99 }) => p99));
  const powers = [1, 10, 100, 1000, 10_000, 100_000].filter((us) => us < 2 * most);
  const at = { fy: "step", y: "program" };
  const colour = ({ program }) => programs[program];
  const named = legend(Object.entries(programs).map(([name, colour]) => ({ name, colour })));
  return svgOf({
    title: "Time of one step in a live stream, by tier",
    subtitle:
      "Workload streaming, model baseline: from p50 (dot) to p99 (tick), which includes whatever else the machine ran.",
    height: 400,
    marginLeft: 60,
    marginRight: 90,
    marginBottom: 44,
    marginTop: named.height,
    x: { type: "log", label: "microseconds", domain: [1, 2 * most], ticks: powers, tickFormat: whole, grid: true },
    y: { axis: null, domain: Object.keys(programs) },
    fy: { label: null, domain: stepKinds.map(({ step }) => step), padding: 0.2 },
    marks: [
      Plot.ruleY(rows, { ...at, x1: "p50", x2: "p99", stroke: colour, strokeWidth: 3 }),
      Plot.tickX(rows, { ...at, x: "p99", stroke: colour, strokeWidth: 3 }),
      Plot.dot(rows, { ...at, x: "p50", fill: colour, r: 5 }),
      Plot.text(rows, { ...at, x: "p50", text: ({ p50 }) => p50.toFixed(1), dx: -10, textAnchor: "end" }),
      Plot.text(rows, { ...at, x: "p99", text: ({ p99 }) => whole(p99), dx: 7, textAnchor: "start" }),
      ...named.marks,
    ],
  });
}
