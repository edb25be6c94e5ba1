// The report's plots: quality against compute by gate, and the energy's reliability.
import { linePlot } from "./plot.mjs";

const shownCurves = ["package log", "telemetry", "typing", "sources"];
const percent = (share) => `${Math.round(100 * share)} %`;

/** The lower envelope from left to right: what a gate can do at most that compute. */
function envelope(points) {
  const sorted = [...points].sort((a, b) => a.compute - b.compute);
  let best = Infinity;
  return sorted.filter(({ nats }) => nats < best && ((best = nats), true));
}

function curvePlot({ stream, curves }) {
  const full = curves["fixed exit"].at(-1);
  const series = Object.entries(curves).map(([name, points]) => ({
    name,
    dots: name === "fixed exit",
    points: (name === "fixed exit" ? points : envelope(points)).map(({ compute, nats }) => [
      compute,
      nats / full.nats - 1,
    ]),
  }));
  const worst = Math.max(...series.flatMap(({ points }) => points.map(([, loss]) => loss)));
  const top = Math.min(0.5, Math.ceil(20 * worst) / 20);
  return linePlot({
    title: `${stream}: loss against compute, by gate`,
    x: { label: "share of a dense step's compute", domain: [0, 1], format: percent },
    y: { label: "more nats per byte than all layers", domain: [0, top], format: percent },
    series,
  });
}

export const plotName = (stream) => `curve-${stream.replaceAll(" ", "-")}.svg`;

/** {file name: SVG} of the streams shown. */
export function curvePlots({ exits }) {
  const shown = exits.filter(({ stream }) => shownCurves.includes(stream));
  return Object.fromEntries(shown.map((study) => [plotName(study.stream), curvePlot(study)]));
}

export function reliabilityPlot({ exits }) {
  const diagonal = [
    [0, 0],
    [1, 1],
  ];
  const series = exits.map(({ stream, reliability }) => ({
    name: stream,
    points: reliability.map(({ predicted, observed }) => [predicted, observed]),
  }));
  return linePlot({
    title: "Energy: predicted and observed share of wrong exit-1 answers",
    x: { label: "predicted", domain: [0, 1], format: percent },
    y: { label: "observed", domain: [0, 1], format: percent },
    series: [...series, { name: "perfect", points: diagonal }],
  });
}
