// All plots of the report, by name.
import { latencyPlot, workloadPlot } from "./cost-plots.mjs";
import { curvePlots, reliabilityPlot } from "./gate-plots.mjs";

/** {name: SVG}; RESULTS.md shows every one of them. */
export function plotsOf(results) {
  return {
    workloads: workloadPlot(results),
    latency: latencyPlot(results),
    ...curvePlots(results.gate),
    reliability: reliabilityPlot(results.gate),
  };
}
