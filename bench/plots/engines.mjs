// Time per run of every engine as bars, the machine's limit for the same work as a line across each.
import { dotLimit, readLimit } from "../peers/limits.mjs";
import { stepBytes, windowMacs } from "../peers/work.mjs";
import { Plot, colours, limitColour, svgOf } from "./svg.mjs";

/** What an engine's kernels could use: published WebAssembly builds of onnxruntime have no relaxed SIMD. */
const programs = {
  "mgt native": "native",
  "onnxruntime-node": "native",
  "mgt wasm relaxed": "relaxed",
  "mgt wasm simd128": "simd128",
  "onnxruntime-web": "simd128",
};

function bestArch(limits, program) {
  const dots = (limits[program] ?? []).filter(({ what }) => what === "dot");
  if (dots.length === 0) return null;
  return dots.reduce((a, b) => (b.gmacs > a.gmacs ? b : a)).where.split("/")[0];
}

/** Microseconds below which this machine cannot do the row's work; null where that was not measured. */
export function limitOf(report, row) {
  const shape = report.shapes[row.config];
  const program = programs[row.engine];
  if (row.task === "step") {
    const { named } = stepBytes(shape, row.weights);
    const rate = readLimit(report.limits, program, named);
    return rate && named / (rate * 1e3);
  }
  const arch = bestArch(report.limits, program);
  const rate = arch && dotLimit(report.limits, arch);
  const { all, needed } = windowMacs(shape);
  return rate && (row.form === "transformer" ? needed : all) / (rate * 1e3);
}

const shown = new Set(["transformer", "all positions", "fp32", "int8", "int4 (MatMulNBits)"]);

const allowed = {
  step: "all weights at the rate at which this machine reads as much memory",
  window: "the row's multiply-adds at this machine's int8 rate; transformer: only what the last position needs",
};

export function enginesPlot(report, { config, weights, task }) {
  const rows = report.rows
    .filter((row) => row.config === config && row.weights === weights && row.task === task && shown.has(row.form))
    .map((row) => ({ ...row, name: `${row.engine}, ${row.form}`, limit_us: limitOf(report, row) }))
    .sort((a, b) => a.p50_us - b.p50_us);
  const work = task === "step" ? "one step, cache kept" : `one window of ${report.shapes[config].tokens} positions`;
  return svgOf({
    title: `${config}, ${weights} weights: ${work}`,
    subtitle: `Median microseconds, less is better. Red: ${allowed[task]}.`,
    height: 110 + 30 * rows.length,
    marginLeft: 222,
    marginRight: 90,
    marginBottom: 40,
    x: { label: "microseconds", grid: true, nice: true },
    y: { label: null, domain: rows.map(({ name }) => name), padding: 0.25 },
    marks: [
      Plot.barX(rows, { x: "p50_us", y: "name", fill: ({ engine }) => colours[engine] }),
      Plot.text(rows, {
        x: "p50_us",
        y: "name",
        text: ({ p50_us }) => p50_us.toFixed(p50_us < 100 ? 1 : 0),
        dx: 8,
        textAnchor: "start",
      }),
      Plot.tickX(
        rows.filter(({ limit_us }) => limit_us),
        { x: "limit_us", y: "name", stroke: limitColour, strokeWidth: 3 },
      ),
      Plot.ruleX([0]),
    ],
  });
}
