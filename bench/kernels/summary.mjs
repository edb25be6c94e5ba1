// What make bench says of kernels and tiers: every figure against the scalar kernels of the same run.
//
// Usage: summary.mjs    (reads kernels.json and tiers-*.json in build/bench)
import { existsSync, readFileSync } from "node:fs";
import { readFlags } from "../peers/flags.mjs";
import { requireBuilt, results } from "../peers/paths.mjs";
import { table } from "../peers/print.mjs";

readFlags(import.meta.url, {});
requireBuilt({ [`${results}/kernels.json`]: "make bench" });
const read = (path) => JSON.parse(readFileSync(path, "utf8"));

function kernelsText({ benchmarks }) {
  const parts = benchmarks.map((one) => ({ ...one, parts: one.name.split("/") }));
  const archs = [...new Set(parts.map((one) => one.parts[1]))].filter((arch) => arch !== "scalar");
  const key = ({ parts: [op, , ...shape] }) => `${op} ${shape.join("/")}`;
  const unitOf = (one) => ["GMAC/s", "GB/s"].find((unit) => one[unit] !== undefined);
  const cells = [...new Set(parts.map(key))].map((name) => {
    const [op, shape] = name.split(" ");
    const here = archs.map((arch) => parts.find((one) => key(one) === name && one.parts[1] === arch));
    const last = here.filter(Boolean).reduce((a, b) => (b.vs_scalar > a.vs_scalar ? b : a));
    return [
      op,
      shape,
      ...here.map((one) => (one ? `${one.vs_scalar.toFixed(1)}x` : "-")),
      `${last[unitOf(last)].toFixed(1)} ${unitOf(last)}`,
    ];
  });
  return table([["kernel against scalar", "shape", ...archs, "fastest"], ...cells]);
}

function tiersText() {
  const head = ["model", "mode", "tier", "p50 us", "p99 us", "p99/p50", "against tier 0", "against scalar"];
  const cells = ["micro", "baseline"].flatMap((config) =>
    ["step", "window"].flatMap((mode) => {
      const path = `${results}/tiers-${config}-${mode}.json`;
      if (!existsSync(path)) return [];
      const { tiers } = read(path);
      return Object.entries(tiers).map(([tier, { p50_us, p99_us, scalar_ratio }]) => [
        config,
        mode,
        tier,
        p50_us.toFixed(2),
        p99_us.toFixed(2),
        (p99_us / p50_us).toFixed(2),
        (p50_us / tiers[0].p50_us).toFixed(3),
        `${scalar_ratio.toFixed(1)}x`,
      ]);
    }),
  );
  return table([head, ...cells]);
}

console.log(kernelsText(read(`${results}/kernels.json`)));
console.log(`\n${tiersText()}`);
