// The energy counter of the processor's package (RAPL, Linux), where this user may read it.
import { accessSync, constants, readFileSync } from "node:fs";

const counter = "/sys/class/powercap/intel-rapl:0/energy_uj";

export function hasCounter() {
  try {
    accessSync(counter, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** Joules that the package uses while `work` runs, everything else on it included. The counter wraps now and then: then `work` runs again. */
export function joulesOf(work) {
  for (;;) {
    const before = Number(readFileSync(counter, "utf8"));
    work();
    const after = Number(readFileSync(counter, "utf8"));
    if (after > before) return (after - before) * 1e-6;
  }
}
