import { bytes, count, percent, seconds, short } from "../format.js";
import { byId, make, setText } from "../page.js";
import type { Batch, Totals } from "../protocol.js";
import { tiers } from "../tiers.js";

interface Line {
  label: string;
  help: string;
  value(totals: Totals): string;
}

const lines: readonly Line[] = [
  { label: "Time", help: "Spent in steps alone", value: (t) => seconds(t.seconds) },
  { label: "Bytes per second", help: "While it runs", value: (t) => count(t.tokens / t.seconds || 0) },
  { label: "Per byte", help: "Mean time of a step", value: (t) => `${((t.seconds / t.tokens) * 1e6).toFixed(1)} µs` },
  { label: "Layers run", help: "Catching up included", value: (t) => count(t.layersRun) },
  { label: "Layers replayed", help: "Reused bit for bit", value: (t) => count(t.layersReplayed) },
  { label: "Multiply-adds", help: "Integer products of the model", value: (t) => short(t.macs) },
  { label: "Loss", help: "Nats per byte, lower is better", value: (t) => `${(t.nats / t.tokens).toFixed(4)}` },
  { label: "Accuracy", help: "Bytes that had been the most probable", value: (t) => percent(t.correct, t.tokens, 2) },
  { label: "Context read", help: "Keys and values", value: (t) => bytes(t.kvBytesRead) },
  { label: "Context written", help: "Keys and values", value: (t) => bytes(t.kvBytesWritten) },
  { label: "Logits hash", help: "The same bits give the same hash, on any machine", value: (t) => t.logitsHash },
];

/** Gated against dense, in figures. */
export class TotalsPanel {
  #cells: { gated: HTMLElement; dense: HTMLElement; line: Line }[] = [];
  #headline: Record<"speedup" | "saved" | "agreement" | "loss", HTMLElement>;
  #share = byId("share", HTMLDivElement);
  #bars: HTMLElement[];
  #legend: HTMLElement[];

  constructor() {
    const body = byId("totals", HTMLTableSectionElement);
    for (const line of lines) {
      const row = make("tr");
      const label = make("th", "", line.label);
      label.scope = "row";
      label.title = line.help;
      const gated = make("td", "", "–");
      const dense = make("td", "", "–");
      row.append(label, gated, dense);
      body.append(row);
      this.#cells.push({ gated, dense, line });
    }
    this.#cells.at(-1)?.gated.setAttribute("id", "gated-hash");
    this.#cells.at(-1)?.dense.setAttribute("id", "dense-hash");
    this.#headline = {
      speedup: headline("as fast as dense", "Time of the dense run divided by time of the gated run"),
      saved: headline("of the layers not run", "Against the dense run"),
      agreement: headline("same next byte", "Steps at which both runs name the same most probable byte"),
      loss: headline(
        "nats per byte against dense",
        "What the shortcuts cost in prediction quality; negative is better",
      ),
    };
    this.#bars = tiers.map((_, tier) => make("span", `bar bar-${tier}`));
    this.#share.append(...this.#bars);
    const legend = byId("legend", HTMLUListElement);
    this.#legend = tiers.map((tier, i) => {
      const item = make("li", `legend-${i}`);
      const shown = make("span", "legend-share");
      item.append(
        make("i", "swatch"),
        make("span", "legend-word", "Tier"),
        make("span", "", `${i}: ${tier.brief}`),
        shown,
      );
      legend.append(item);
      return shown;
    });
  }

  clear(): void {
    for (const { gated, dense } of this.#cells) {
      setText(gated, "–");
      setText(dense, "–");
    }
    for (const element of Object.values(this.#headline)) setText(element, "–");
    for (const bar of this.#bars) bar.style.flexGrow = "0";
    for (const shown of this.#legend) setText(shown, "");
  }

  show({ gated, dense, agreed }: Batch, layers: number): void {
    for (const cell of this.#cells) {
      setText(cell.gated, cell.line.value(gated));
      setText(cell.dense, dense ? cell.line.value(dense) : "–");
    }
    const difference = dense ? (gated.nats - dense.nats) / gated.tokens : 0;
    setText(this.#headline.speedup, dense ? `${(dense.seconds / gated.seconds).toFixed(2)}×` : "–");
    setText(this.#headline.saved, percent(1 - gated.layersRun / (gated.tokens * layers)));
    setText(this.#headline.agreement, dense ? percent(agreed, gated.tokens) : "–");
    setText(this.#headline.loss, dense ? `${difference >= 0 ? "+" : "−"}${Math.abs(difference).toFixed(3)}` : "–");
    gated.tiers.forEach((steps, tier) => {
      (this.#bars[tier] as HTMLElement).style.flexGrow = String(steps);
      setText(this.#legend[tier] as HTMLElement, percent(steps, gated.tokens));
    });
    const words = gated.tiers.map((steps, tier) => `tier ${tier} ${percent(steps, gated.tokens)}`);
    this.#share.setAttribute("aria-label", `Tier shares: ${words.join(", ")}`);
  }
}

function headline(label: string, help: string): HTMLElement {
  const box = make("div");
  const value = make("dd", "", "–");
  const name = make("dt", "", label);
  box.title = help;
  box.append(name, value);
  byId("headline", HTMLDListElement).append(box);
  return value;
}
