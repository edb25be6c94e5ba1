// Plots of the gate study: quality against compute by gate, and the energy's reliability.
import { Plot, legend, svgOf } from "../plots/svg.mjs";
import { curveName, shownCurves } from "./gates.mjs";

const colours = {
  "fixed exit": "#222222",
  random: "#9a9a9a",
  entropy: "#d98c0a",
  margin: "#2a9d57",
  confidence: "#0b5fa5",
  energy: "#c0182b",
  "energy, as gated": "#e8889a",
};
const percent = (share) => `${Math.round(100 * share)} %`;
const more = (share) => `${share > 0 ? "+" : ""}${percent(share)}`;

/** The lower envelope from left to right: what a gate can do at most that compute. */
function envelope(points) {
  const best = [];
  for (const point of [...points].sort((a, b) => a.compute - b.compute)) {
    if (best.length === 0 || point.loss < best.at(-1).loss) best.push(point);
  }
  return best;
}

function curvePlot({ stream, curves }) {
  const full = curves["fixed exit"].at(-1).nats;
  const lossOf = (points) => points.map(({ compute, nats }) => ({ compute, loss: nats / full - 1 }));
  const { "fixed exit": exits, ...gates } = curves;
  const fixed = lossOf(exits);
  const lines = Object.entries(gates).map(([name, points]) => ({ name, points: envelope(lossOf(points)) }));
  const losses = [...fixed, ...lines.flatMap(({ points }) => points)].map(({ loss }) => loss);
  const named = legend(Object.keys(curves).map((name) => ({ name, colour: colours[name] })));
  return svgOf({
    title: `${stream}: loss against compute, by gate`,
    subtitle: "More nats per byte than all layers give; lower and further left is better. Dots: always the same exit.",
    height: 440,
    marginLeft: 54,
    marginRight: 60,
    marginBottom: 44,
    marginTop: named.height,
    insetBottom: 6,
    x: { label: "share of a dense step's compute", domain: [0, 1], tickFormat: percent, grid: true },
    y: {
      label: null,
      domain: [Math.min(...losses), 1.05 * Math.max(...losses)],
      ticks: 6,
      tickFormat: more,
      grid: true,
    },
    marks: [
      Plot.ruleY([0]),
      ...lines.map(({ name, points }) =>
        Plot.line(points, { x: "compute", y: "loss", stroke: colours[name], strokeWidth: 2 }),
      ),
      Plot.dot(fixed, { x: "compute", y: "loss", fill: colours["fixed exit"], r: 4.5 }),
      Plot.text(fixed, {
        x: "compute",
        y: "loss",
        text: (_, i) => `exit ${i + 1}`,
        dx: 9,
        dy: -8,
        textAnchor: "start",
        fill: "#222",
        stroke: "white",
      }),
      ...named.marks,
    ],
  });
}

/** {name: SVG} of the streams shown. */
export function curvePlots({ exits }) {
  const shown = exits.filter(({ stream }) => shownCurves.includes(stream));
  return Object.fromEntries(shown.map((study) => [curveName(study.stream), curvePlot(study)]));
}

const columns = 4;

/** One small plot per stream: its bins of equally many bytes beside the line on which a perfect energy has them. */
export function reliabilityPlot({ exits }) {
  const place = exits.map(({ stream, calibration_error }, i) => ({
    stream,
    error: calibration_error,
    column: i % columns,
    row: Math.floor(i / columns),
  }));
  const bins = exits.flatMap(({ reliability }, i) => reliability.map((bin) => ({ ...bin, ...place[i] })));
  return svgOf({
    title: "Reliability of the energy: predicted and observed share of exit-1 answers that cost over a bit more",
    subtitle: `Observed (upwards) by predicted, ${exits[0].reliability.length} bins of equally many bytes per stream; the dashed line is perfect.`,
    height: 500,
    marginLeft: 54,
    marginBottom: 44,
    marginTop: 10,
    x: {
      label: "predicted share of costly answers",
      domain: [0, 1],
      ticks: [0, 0.5, 1],
      tickFormat: percent,
      grid: true,
    },
    y: { label: null, domain: [0, 1], ticks: [0, 0.5, 1], tickFormat: percent, grid: true },
    fx: { axis: null, padding: 0.2 },
    fy: { axis: null, padding: 0.1 },
    marks: [
      Plot.frame({ stroke: "#ccc" }),
      Plot.line([0, 1], { x: (value) => value, y: (value) => value, stroke: "#9a9a9a", strokeDasharray: "4 3" }),
      Plot.line(bins, { fx: "column", fy: "row", x: "predicted", y: "observed", stroke: "#0b5fa5" }),
      Plot.dot(bins, { fx: "column", fy: "row", x: "predicted", y: "observed", fill: "#0b5fa5", r: 3 }),
      Plot.text(place, {
        fx: "column",
        fy: "row",
        text: ({ stream, error }) => `${stream}\nerror ${error.toFixed(3)}`,
        frameAnchor: "top-left",
        dx: 8,
        dy: 8,
        lineHeight: 1.3,
      }),
    ],
  });
}
