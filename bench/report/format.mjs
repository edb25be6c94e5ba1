// Cells of the report's tables.
export const share = (value, digits = 0) => (value === null ? "-" : `${(100 * value).toFixed(digits)} %`);
export const signed = (value, digits = 1) => `${value >= 0 ? "+" : ""}${share(value, digits)}`;
export const times = (value) => `${value.toFixed(2)}x`;
export const plain = (value, digits = 3) => (value === null ? "-" : value.toFixed(digits));

export const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;

/** A Markdown table; rows of strings. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n") + "\n";
}

/** One of the report's plots, which are named in plots.mjs. */
export const picture = (what, name) => `![${what}](results/${name}.svg)`;

/** Shares of a run's steps at tiers 3, 2, 1, 0. */
export function tierShares({ tiers, bytes }) {
  return ["3", "2", "1", "0"].map((tier) => Math.round((100 * tiers[tier]) / bytes)).join(" / ");
}
