// How long single runs took: the share of runs that were no slower, from the first percent to the 99.9th.
import { Plot, colours, legend, svgOf } from "./svg.mjs";

const shown = new Set(["transformer", "int8", "fp32", "int4 (MatMulNBits)"]);

/** Percentiles 1 to 99 and 99.9 of a row. */
function curveOf(row) {
  const name = `${row.engine}, ${row.form}`;
  const percents = row.percentiles_us.slice(1).map((us, i) => ({ percent: i + 1, us }));
  return [...percents, { percent: 99.9, us: row.p999_us }].map((point) => ({
    ...point,
    name,
    engine: row.engine,
    form: row.form,
  }));
}

export function latencyPlot(report, { config, weights, task }) {
  const rows = report.rows.filter(
    (row) => row.config === config && row.weights === weights && row.task === task && shown.has(row.form),
  );
  const points = rows.flatMap(curveOf);
  const dash = ({ form }) => (form === "fp32" ? "2 4" : null);
  const ends = rows.map((row) => ({ name: `${row.engine}, ${row.form}`, us: row.percentiles_us[50] }));
  const names = ends.sort((a, b) => a.us - b.us).map(({ name }) => name);
  const colourOf = (name) => colours[name.split(",")[0]];
  const named = legend(names.map((name) => ({ name, colour: colourOf(name) })));
  return svgOf({
    title: `${config}, ${weights} weights, ${task}: distribution of single runs`,
    subtitle: "Share of runs that took no longer, 1 % to 99.9 %, the rare slow ones spread out. Dashed: float32.",
    height: 460,
    marginLeft: 60,
    marginBottom: 42,
    marginTop: named.height,
    x: { type: "log", label: "microseconds", grid: true, tickFormat: (us) => us.toLocaleString("en") },
    y: {
      // By the share of slower runs: 50, 90, 99 and 99.9 % stand at equal distances behind each other.
      domain: [slowness(1), slowness(99.9)],
      ticks: [10, 50, 75, 90, 95, 99, 99.9].map(slowness),
      tickFormat: (y) => `${Number((100 - 100 * 10 ** -y).toFixed(1))} %`,
      label: null,
      grid: true,
    },
    color: { legend: false, domain: names, range: names.map(colourOf) },
    marks: [
      ...names.map((name) => {
        const of = points.filter((point) => point.name === name);
        const strokeDasharray = dash(of[0]);
        return Plot.line(of, {
          x: "us",
          y: ({ percent }) => slowness(percent),
          stroke: colourOf(name),
          strokeWidth: 2,
          ...(strokeDasharray ? { strokeDasharray } : {}),
        });
      }),
      ...named.marks,
    ],
  });
}

const slowness = (percent) => -Math.log10(1 - percent / 100);
