// What a run says on the terminal.
function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) => row.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  ");
  return rows.map((row) => line(row).trimEnd()).join("\n");
}

export function timesText(rows) {
  const head = ["engine", "form", "p50 us", "p99 us", "p10 us", "runs"];
  const cells = rows.map((row) => [
    row.engine,
    row.form,
    row.p50_us.toFixed(1),
    row.p99_us.toFixed(1),
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
    figure(r.goal),
    r.goal === null ? "-" : r.ratio <= r.goal ? "yes" : "no",
    figure(r.whole_step_ratio),
    figure(r.all_positions_ratio),
    figure(r.narrow_ratio),
    figure(r.direct_ratio),
  ]);
  return table([head, ...cells]);
}
