// How time grows with a window's length, and prefill's rate with the chunk's.
import { Plot, colours, legend, svgOf } from "./svg.mjs";

const thousands = (n) => (n >= 1000 ? `${Number((n / 1000).toFixed(1))}k` : String(n));
const lengths = (rows) => [...new Set(rows.map(({ tokens }) => tokens))].sort((a, b) => a - b);

export function windowPlot({ rows, growth }) {
  const points = rows.filter(({ sweep }) => sweep === "window");
  const lines = growth.map(({ engine, kind, ratio }) => ({
    engine,
    kind,
    name: `${engine}, ${kind}: ${ratio.toFixed(2)}`,
    colour: colours[engine],
    points: points.filter((row) => row.engine === engine && row.kind === kind),
  }));
  const named = legend(lines);
  return svgOf({
    title: "baseline, int8 weights: window mode as T grows, attention window 16",
    subtitle: "Median time of one call; the figures are t(16384) / t(1024), where linear growth is 16.",
    height: 460,
    marginLeft: 70,
    marginBottom: 42,
    marginTop: named.height,
    x: { type: "log", base: 2, label: "T, positions", ticks: lengths(points), tickFormat: String, grid: true },
    y: { type: "log", label: null, tickFormat: (ms) => `${ms.toLocaleString("en")} ms`, ticks: 6, grid: true },
    marks: lines
      .flatMap(({ engine, kind, points: of }) => [
        Plot.line(of, {
          x: "tokens",
          y: ({ p50_us }) => p50_us / 1000,
          stroke: colours[engine],
          strokeWidth: 2,
          ...(kind === "last position" ? { strokeDasharray: "6 3" } : {}),
        }),
        Plot.dot(of, { x: "tokens", y: ({ p50_us }) => p50_us / 1000, fill: colours[engine], r: 3 }),
      ])
      .concat(named.marks),
  });
}

export function chunkPlot({ rows }, { config, weights }) {
  const points = rows.filter((row) => row.sweep === "chunk" && row.config === config && row.weights === weights);
  const engines = [...new Set(points.map(({ engine }) => engine))];
  const named = legend(engines.map((name) => ({ name, colour: colours[name] })));
  return svgOf({
    title: `${config}, ${weights} weights: prefill`,
    subtitle: "Tokens per second through all layers by the length of the chunk handed over at once; more is better.",
    height: 400,
    marginLeft: 60,
    marginBottom: 42,
    marginTop: named.height,
    x: { type: "log", base: 2, label: "tokens per chunk", ticks: lengths(points), tickFormat: String, grid: true },
    y: { label: null, zero: true, nice: true, tickFormat: thousands, grid: true },
    marks: engines
      .flatMap((engine) => {
        const of = points.filter((row) => row.engine === engine);
        return [
          Plot.line(of, { x: "tokens", y: "tokens_per_second", stroke: colours[engine], strokeWidth: 2 }),
          Plot.dot(of, { x: "tokens", y: "tokens_per_second", fill: colours[engine], r: 3 }),
        ];
      })
      .concat(named.marks),
  });
}
