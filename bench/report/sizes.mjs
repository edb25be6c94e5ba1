// What a larger model brings, and what gating saves of it.
import { plain, share, signed, table, times } from "./format.mjs";
import { workloads } from "./measure.mjs";

const sizes = [
  { model: "micro", shape: "2 x 128", parameters: "0.46 M" },
  { model: "baseline", shape: "4 x 256", parameters: "3.28 M" },
  { model: "large", shape: "8 x 512", parameters: "21.2 M" },
];

function costTable(results) {
  const rows = sizes.map(({ model, shape, parameters }) => {
    const [step, window] = ["step", "window"].map((mode) => results[`${mode}-${model}`].tiers);
    return [
      model,
      shape,
      parameters,
      step["0"].p50_us.toFixed(1),
      ...["1", "2", "3"].map((tier) => share(step[tier].p50_us / step["0"].p50_us, 1)),
      step["0"].gbytes_per_second.toFixed(1),
      window["0"].p50_us.toFixed(0),
    ];
  });
  const head = [
    "model",
    "layers x hidden",
    "parameters",
    "step, p50 us",
    "tier 1",
    "tier 2",
    "tier 3",
    "GB/s of weights and KV",
    "window, p50 us",
  ];
  return table(head, rows);
}

function qualityTable(results) {
  const rows = workloads.flatMap((workload) =>
    sizes.map(({ model }) => {
      const { total, policy } = results[`size-${workload}-${model}`];
      return [
        `${workload}, ${policy}`,
        model,
        plain(total.dense_nats_per_byte),
        share(total.dense_accuracy, 1),
        times(total.speedup),
        times(total.mac_speedup),
        share(total.accuracy_retained, 2),
        signed(total.nats_loss),
      ];
    }),
  );
  const head = [
    "workload",
    "model",
    "dense, nats per byte",
    "dense accuracy",
    "gated: faster",
    "fewer multiply-adds",
    "accuracy kept",
    "nats",
  ];
  return table(head, rows);
}

/** Growth of window mode with its length is in the benchmarks' sweeps (`make bench`). */
export function sizeSection(results) {
  return `## 11. Scaling with the size of the model

${costTable(results)}
Tiers as shares of the model's own tier 0 (\`mgt bench --tier all\`): what tier 3 costs hardly depends on the model, so a larger model leaves more to save.

${qualityTable(results)}
The first 16 kB of every held-out half, from a fresh start. How the time of window mode grows with its length is in the
README's table and in \`bench/results/sweeps.json\`.
`;
}
