/** The smallest value that at least a share `q` of the sorted values does not exceed. */
export function quantile(sorted, q) {
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)];
}

const round = (value) => Number(value.toFixed(3));

/** What is kept of the times of many runs: the usual figures, and every percent for the distribution. */
export function summary(us) {
  const sorted = Float64Array.from(us).sort();
  return {
    runs: sorted.length,
    p50_us: round(quantile(sorted, 0.5)),
    p99_us: round(quantile(sorted, 0.99)),
    p10_us: round(quantile(sorted, 0.1)),
    p999_us: round(quantile(sorted, 0.999)),
    least_us: round(sorted[0]),
    percentiles_us: Array.from({ length: 100 }, (_, i) => round(quantile(sorted, i / 100))),
  };
}
