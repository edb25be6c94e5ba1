/** The value that a share `q` of the times do not exceed (nearest rank); NaN where there are none. */
export function quantile(times: readonly number[], q: number): number {
  const sorted = Float64Array.from(times).sort();
  return sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1] ?? NaN;
}
