// What the four charts draw.
import uPlot from "uplot";
import { colour } from "../tiers.js";
import type { Buckets } from "./buckets.js";

export interface ChartKind {
  title: string;
  /** What the reader sees, in a few words. */
  note: string;
  height: number;
  /** Range of the y axis; null: fitted to the data. */
  range(layers: number): [number, number] | null;
  ticks?: number[];
  /** A tick's label, where the number itself does not do. */
  tick?(value: number): string;
  series(): uPlot.Series[];
  data(buckets: Buckets, layers: number): uPlot.AlignedData;
  /** Draws beyond the series. */
  draw?(u: uPlot, buckets: Buckets): void;
  /** The column's values in words, for the title line. */
  read(buckets: Buckets, column: number): string;
}

const line = (name: string, width = 1.5): uPlot.Series => ({
  stroke: () => colour(name),
  width,
  points: { show: false },
});

/** A filled column from the byte x on, `buckets.width` bytes wide. */
function fillColumn(u: uPlot, b: Buckets, i: number, low: number, high: number, fill: string): void {
  const left = Math.round(u.valToPos(b.x[i] as number, "x", true));
  const right = Math.round(u.valToPos((b.x[i] as number) + b.width, "x", true));
  const top = u.valToPos(high, "y", true);
  u.ctx.fillStyle = fill;
  u.ctx.fillRect(left, top, Math.max(1, right - left), u.valToPos(low, "y", true) - top);
}

/** Marks columns by a tick at the upper edge of the plot. */
function ticksAbove(u: uPlot, b: Buckets, marked: boolean[], fill: string): void {
  u.ctx.fillStyle = fill;
  const height = 5 * devicePixelRatio;
  marked.forEach((mark, i) => {
    if (!mark) return;
    const x = Math.round(u.valToPos((b.x[i] as number) + b.width / 2, "x", true));
    u.ctx.fillRect(x - 1, u.bbox.top, Math.max(2, devicePixelRatio * 1.5), height);
  });
}

const tierChart: ChartKind = {
  title: "Tier",
  note: "share of each tier",
  height: 84,
  range: () => [0, 1],
  ticks: [0, 1],
  tick: (value) => `${value * 100} %`,
  series: () => [line("muted", 0)],
  data: (b) => [b.x, b.x.map(() => null)],
  draw(u, b) {
    const fills = [0, 1, 2, 3].map((tier) => colour(`tier-${tier}`));
    for (let i = 0; i < b.x.length; i++) {
      let low = 0;
      b.shares.forEach((share, tier) => {
        const high = low + (share[i] as number);
        if (high > low) fillColumn(u, b, i, low, high, fills[tier] as string);
        low = high;
      });
    }
  },
  read: (b, i) => {
    const shares = b.shares.map((share, tier) => [tier, share[i] ?? 0] as const).filter(([, share]) => share > 0);
    return shares
      .map(([tier, share]) => (share === 1 ? `tier ${tier}` : `${tier}: ${Math.round(share * 100)} %`))
      .join(", ");
  },
};

const coherenceChart: ChartKind = {
  title: "Coherence (λ)",
  note: "cut between past and present, in standard deviations; ticks: a safety rule acted",
  height: 104,
  range: () => null,
  series: () => [line("accent")],
  data: (b) => [b.x, b.coherence],
  draw: (u, b) => ticksAbove(u, b, b.guarded, colour("danger")),
  read: (b, i) => `${(b.coherence[i] ?? 0).toFixed(2)} sd`,
};

const surpriseChart: ChartKind = {
  title: "Surprise",
  note: "nats per byte: highest (columns) and mean (line); ticks: a spike fired",
  height: 104,
  range: () => [0, 6],
  ticks: [0, 2, 4, 6],
  series: () => [line("foreground", 1.25)],
  data: (b) => [b.x, b.surpriseMean],
  draw(u, b) {
    const fill = colour("surprise");
    b.surpriseMax.forEach((value, i) => fillColumn(u, b, i, 0, Math.min(value, 6), fill));
    ticksAbove(u, b, b.spikes, colour("tier-0"));
  },
  read: (b, i) => `${(b.surpriseMean[i] ?? 0).toFixed(2)} nats`,
};

const costChart: ChartKind = {
  title: "Cost",
  note: "layers computed per byte; dashed: the dense run",
  height: 124,
  range: (layers) => [0, layers * 1.2],
  series: () => [{ ...line("muted"), dash: [6, 5] }],
  data: (b, layers) => [b.x, b.x.map(() => layers)],
  draw(u, b) {
    const fill = colour("cost");
    b.layers.forEach((value, i) => fillColumn(u, b, i, 0, Math.min(value, u.scales["y"]?.max ?? value), fill));
  },
  read: (b, i) => `${Number((b.layers[i] ?? 0).toFixed(2))} layers`,
};

export const chartKinds: readonly ChartKind[] = [tierChart, coherenceChart, surpriseChart, costChart];
