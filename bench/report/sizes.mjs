// How cost grows with the length of a window, what a larger model brings, and what gating saves of it.
import { readFileSync } from "node:fs";
import { at } from "../peers/paths.mjs";
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

/** Times of window mode by its length, from the latest `make bench` that was kept. */
function lengthTable() {
  const { machine, rows } = JSON.parse(readFileSync(at("bench/results/sweeps.json"), "utf8"));
  const of = (engine, kind, tokens) =>
    rows.find((row) => row.sweep === "window" && row.engine === engine && row.kind === kind && row.tokens === tokens);
  const ms = (us) => (us / 1e3).toFixed(us < 1e4 ? 2 : 1);
  const window = 16;
  const lengths = [64, 256, 1024, 4096, 16384].map((tokens) => [
    tokens.toLocaleString("en"),
    ms(of("mgt native", "all positions", tokens).p50_us),
    ms(of("mgt wasm relaxed", "all positions", tokens).p50_us),
    ms(of("mgt native", "last position", tokens).p50_us),
    `${(tokens ** 2).toLocaleString("en")} / ${(tokens * window).toLocaleString("en")} (${tokens / window}x)`,
  ]);
  const head = [
    "tokens T",
    "native, every position, ms",
    "WebAssembly, every position, ms",
    "native, last position alone, ms",
    "pairs attended to: T x T / T x 16",
  ];
  return `${table(head, lengths)}
Baseline of 8 bits, window 16 (\`make bench\` on ${machine.cpu}, perhaps another machine than this report's; not measured again with it). Seed: 64x fewer operations at T = 1,024. So many pairs are
left out; attention is about 1 % of this model's multiply-adds, so what is seen is that time grows with T and not with its square, and that an answer for
the last position alone costs the same at any length.`;
}

export function sizeSection(results) {
  return `## 11. Scaling

### With the length of the window

${lengthTable()}

### With the size of the model

${costTable(results)}
Tiers as shares of the model's own tier 0 (\`mgt bench --tier all\`): what tier 3 costs hardly depends on the model, so a larger model leaves more to save.

${qualityTable(results)}
The first 16 kB of every held-out half, from a fresh start.
`;
}
