import uPlot from "uplot";
import { count } from "../format.js";
import { make, setText } from "../page.js";
import { colour } from "../tiers.js";
import type { Buckets } from "./buckets.js";
import type { ChartKind } from "./kinds.js";

const axisWidth = 40;
const xAxisHeight = 24;
const font = "11px system-ui, sans-serif";

/** One chart: a title line in the document, the plot on a canvas. */
export class Chart {
  readonly element = make("figure", "chart");
  #kind: ChartKind;
  #last: boolean;
  #plot: uPlot;
  #reading = make("span", "chart-reading");
  #buckets: Buckets | undefined;
  #layers = 1;
  #mark: number | undefined;

  /** `last`: it carries the byte axis. `onByte`: the byte under the pointer, if any; `chosen` on a click. */
  constructor(kind: ChartKind, last: boolean, onByte: (byte: number | undefined, chosen: boolean) => void) {
    this.#kind = kind;
    this.#last = last;
    const title = make("figcaption");
    title.append(make("strong", "", kind.title), make("span", "chart-note", kind.note), this.#reading);
    const place = make("div", "chart-plot");
    place.role = "img"; // the reading in the title says what is under the mark
    place.ariaLabel = `${kind.title}: ${kind.note}`;
    this.element.append(title, place);
    this.#plot = new uPlot(this.#options(), [[], []], place);
    const byteAt = (event: MouseEvent) => Math.floor(this.#plot.posToVal(event.offsetX, "x"));
    this.#plot.over.addEventListener("pointermove", (event) => onByte(byteAt(event), false));
    this.#plot.over.addEventListener("pointerleave", () => onByte(undefined, false));
    this.#plot.over.addEventListener("click", (event) => onByte(byteAt(event), true));
  }

  set width(width: number) {
    if (width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height: this.#kind.height });
  }

  /** Plot columns that can be told apart. */
  get columns(): number {
    return Math.max(50, (this.#plot.width - axisWidth) / 2);
  }

  draw(buckets: Buckets, from: number, to: number, layers: number, mark: number | undefined): void {
    this.#buckets = buckets;
    this.#layers = layers;
    this.#mark = mark;
    this.#plot.batch(() => {
      this.#plot.setData(this.#kind.data(buckets, layers), false);
      this.#plot.setScale("x", { min: from, max: to });
    });
    const column = mark === undefined ? buckets.x.length - 1 : columnOf(buckets, mark);
    setText(this.#reading, buckets.x.length > 0 && column >= 0 ? this.#kind.read(buckets, column) : "");
  }

  /** Draws again with the colours now in force. */
  recolour(): void {
    this.#plot.redraw(false, true);
  }

  #options(): uPlot.Options {
    const axis = { stroke: () => colour("muted"), font, ticks: { show: false } };
    const grid = { stroke: () => colour("grid"), width: 1 };
    const { ticks, height } = this.#kind;
    return {
      width: 600,
      height,
      padding: [6, 26, this.#last ? 0 : 6, 0],
      legend: { show: false },
      cursor: { show: false },
      select: { show: false, left: 0, top: 0, width: 0, height: 0 },
      scales: {
        x: { time: false, auto: false },
        y: { range: (_, low, high) => this.#kind.range(this.#layers) ?? fitted(low, high) },
      },
      axes: [
        { ...axis, show: this.#last, grid: { show: false }, size: xAxisHeight, values: (_, at) => at.map(count) },
        {
          ...axis,
          grid,
          size: axisWidth,
          ...(ticks ? { splits: () => ticks } : { space: 24 }),
          values: (_, at) => at.map(this.#kind.tick ?? tidy),
        },
      ],
      series: [{}, ...this.#kind.series()],
      hooks: { drawClear: [(u) => this.#drawBehind(u)], draw: [(u) => this.#drawMark(u)] },
    };
  }

  #drawBehind(u: uPlot): void {
    if (!this.#buckets || !this.#kind.draw) return;
    const { left, top, width, height } = u.bbox;
    u.ctx.save();
    u.ctx.beginPath();
    u.ctx.rect(left, top, width, height);
    u.ctx.clip();
    this.#kind.draw(u, this.#buckets);
    u.ctx.restore();
  }

  #drawMark(u: uPlot): void {
    if (this.#mark === undefined) return;
    const x = Math.round(u.valToPos(this.#mark + 0.5, "x", true));
    if (x < u.bbox.left || x > u.bbox.left + u.bbox.width) return;
    u.ctx.fillStyle = colour("foreground");
    u.ctx.fillRect(x, u.bbox.top, Math.max(1, Math.round(devicePixelRatio)), u.bbox.height);
  }
}

/** The data's range, with some air and never narrower than one unit. */
function fitted(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null || !Number.isFinite(low + high)) return [-1, 1];
  const air = Math.max(0.1 * (high - low), (1 - (high - low)) / 2, 0.05);
  return [low - air, high + air];
}

function tidy(value: number): string {
  return String(Number(value.toFixed(1)));
}

function columnOf(buckets: Buckets, byte: number): number {
  const first = buckets.x[0];
  if (first === undefined) return -1;
  const origin = Math.floor(first / buckets.width) * buckets.width;
  return Math.max(0, Math.min(buckets.x.length - 1, Math.floor((byte - origin) / buckets.width)));
}
