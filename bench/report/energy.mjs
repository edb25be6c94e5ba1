// Energy: by a stated model of operations, and in joules where the machine counts them.
import { signed, table, times } from "./format.mjs";
import { workloads } from "./measure.mjs";

/** Picojoules in 45 nm, after Horowitz, "Computing's energy problem", ISSCC 2014: an 8-bit product and a 32-bit sum; a byte from a 1 MB cache. */
const picojoules = { multiplyAdd: 0.2 + 0.1, byte: 100 / 8 };

/** Modelled microjoules: a weight counts as one byte, read once for each of its multiply-adds, as in steps of one token. */
const microjoules = (macs, kvBytes) =>
  (macs * (picojoules.multiplyAdd + picojoules.byte) + kvBytes * picojoules.byte) * 1e-6;

export function energySection(results) {
  const step = results["step-baseline"].tiers["0"];
  const denseMacs = step.gmacs * step.p50_us * 1e3;
  const rows = workloads.map((workload) => {
    const { total } = results[`${workload}-baseline`];
    const dense = microjoules(denseMacs, total.dense_kv_bytes / total.bytes);
    const gated = microjoules(denseMacs / total.mac_speedup, total.kv_bytes / total.bytes);
    return [workload, dense.toFixed(1), gated.toFixed(1), times(dense / gated), signed(total.nats_loss)];
  });
  const { dense, gated } = results.joules ?? {};
  const measured =
    dense === undefined
      ? "The machine has no energy counters (RAPL) that this user may read, so nothing was measured in joules."
      : `Measured on the package log with the processor's own counters (RAPL), the whole package: dense ${dense.toFixed(2)} J, gated ${gated.toFixed(2)} J, ${times(dense / gated)}.`;
  return `## 7. Energy

${table(["workload", "dense, modelled uJ per byte", "gated", "less", "nats"], rows)}
Modelled, not measured: ${picojoules.multiplyAdd.toFixed(1)} pJ per multiply-add of bytes and ${picojoules.byte} pJ per byte of weights and KV cache read from a 1 MB cache (45 nm, Horowitz,
ISSCC 2014). Reading weights is nearly all of it, so energy follows the multiply-adds. Weights of 4 bits count as whole bytes. ${measured}
`;
}
