import type { SessionStats } from "../types.js";
import type { Latency } from "./latency.js";
import type { StatsRecord } from "./record-types.js";

/** The core's totals as the package shows them, with latencies where they were measured. */
export function decodeStats(core: StatsRecord, latency: Latency | undefined): SessionStats {
  const { tier0, tier1, tier2, tier3, ...totals } = core;
  const stats: SessionStats = { ...totals, tiers: { 0: tier0, 1: tier1, 2: tier2, 3: tier3 } };
  const p50Us = latency?.quantileUs(0.5);
  const p99Us = latency?.quantileUs(0.99);
  return p50Us === undefined || p99Us === undefined ? stats : { ...stats, p50Us, p99Us };
}
