// What a run says on the terminal.
/** Columns of text: the first two to the left, the others to the right. */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) => row.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  ");
  return rows.map((row) => line(row).trimEnd()).join("\n");
}

export function timesText(rows) {
  const head = ["engine", "form", "p50 us", "p99 us", "p99/p50", "p10 us", "runs"];
  const cells = rows.map((row) => [
    row.engine,
    row.form,
    row.p50_us.toFixed(1),
    row.p99_us.toFixed(1),
    (row.p99_us / row.p50_us).toFixed(2),
    row.p10_us.toFixed(1),
    String(row.runs),
  ]);
  return table([head, ...cells]);
}

export function ratiosText(ratios) {
  const figure = (value) => (value === null ? "-" : value.toFixed(3));
  const head = [
    "case",
    "ours / best of the peer",
    "ratio",
    "of",
    "goal",
    "reached",
    "whole step",
    "all pos.",
    "narrow",
    "direct",
  ];
  const cells = ratios.map((r) => [
    `${r.config} ${r.weights} ${r.task}`,
    `${r.ours} / ${r.peer} ${r.peer_form}`,
    figure(r.ratio),
    r.by.slice(0, 3),
    figure(r.goal),
    r.goal === null ? "-" : r.ratio <= r.goal ? "yes" : "no",
    figure(r.whole_step_ratio),
    figure(r.all_positions_ratio),
    figure(r.narrow_ratio),
    figure(r.direct_ratio),
  ]);
  const note = ratios.some(({ by }) => by === "p10_us")
    ? "\n\nThe machine was busy with other work: ratios marked p10 are of the best tenth of all runs, not of medians."
    : "";
  return table([head, ...cells]) + note;
}

const percent = (share) => (share === null ? "-" : `${(100 * share).toFixed(0)} %`);
const reached = (share, goal) => (share === null ? "-" : share >= goal ? "yes" : "no");

/** Our products of many tokens against the dot rate, per instruction set. */
export function productsText(shares) {
  const head = ["matrix product", "best shape", "GMAC/s", "limit", "share", "goal", "reached"];
  const cells = shares.map((one) => [
    one.arch,
    one.shape,
    one.gmacs.toFixed(1),
    one.limit_gmacs.toFixed(1),
    percent(one.share),
    percent(one.goal),
    reached(one.share, one.goal),
  ]);
  return table([head, ...cells]);
}

/** Our steps against the read bandwidth for as many bytes as the weights are. */
export function readsText(shares) {
  const head = ["step", "engine", "MB", "GB/s can be read", "share", "surely read", "goal", "reached"];
  const cells = shares.map((one) => [
    `${one.config} ${one.weights}`,
    one.engine,
    (one.bytes / 1e6).toFixed(2),
    one.limit_gbytes_per_second.toFixed(1),
    percent(one.share),
    percent(one.sure_share),
    percent(one.goal),
    reached(one.share, one.goal),
  ]);
  const note =
    "share: all weights that a step names, in the time it takes; surely read: without those of inactive neurons and the\n" +
    "looked-up first Q, K and V, which a step may or need not read. What is truly read lies between the two.";
  return `${table([head, ...cells])}\n${note}`;
}
