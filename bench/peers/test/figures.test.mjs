// The arithmetic behind the shares of the machine's limits, on numbers that can be counted by hand or by brute force.
import assert from "node:assert/strict";
import { test } from "node:test";
import { productShares, productsOf, readLimit, stepShares } from "../limits.mjs";
import { quantile, summary } from "../statistics.mjs";
import { stepBytes, windowMacs } from "../work.mjs";

const shape = { tokens: 64, window: 16, layers: 4, heads: 4, headDim: 64, hidden: 256, ffn: 1024, kvDim: 256 };

/** Multiply-adds for the last position's logits, by marking what each layer needs, position by position. */
function countByMarking({ tokens, window, layers, hidden, kvDim, ffn }) {
  let needed = new Set([tokens - 1]);
  let macs = hidden * 256;
  for (let layer = layers; layer > 0; layer--) {
    const seen = new Set();
    for (const p of needed) for (let q = Math.max(0, p - window + 1); q <= p; q++) seen.add(q);
    macs += needed.size * 2 * (hidden * hidden + hidden * ffn) + seen.size * 2 * hidden * kvDim;
    needed = seen;
  }
  return macs;
}

test("a window's work is what the last position depends on", () => {
  for (const tokens of [1, 5, 20, 64, 200]) {
    assert.equal(windowMacs({ ...shape, tokens }).needed, countByMarking({ ...shape, tokens }), `${tokens} tokens`);
  }
  assert.equal(windowMacs(shape).all, 64 * 4 * 786_432 + 65_536);
});

test("a step names every weight once", () => {
  assert.equal(stepBytes(shape, "int8").named, 4 * 786_432 + 65_536);
  assert.equal(stepBytes(shape, "int8").sure, 4 * 786_432 + 65_536 - 3 * 65_536 - 4 * 262_144);
  assert.equal(stepBytes(shape, "int4").named / stepBytes(shape, "int8").named, 0.5625);
});

const limits = {
  native: [
    { what: "dot", where: "avx2/registers", gmacs: 100 },
    { what: "dot", where: "avx2/l1", gmacs: 90 },
    { what: "read", where: "memory", size_bytes: 1 << 20, gbytes_per_second: 50 },
    { what: "read", where: "memory", size_bytes: 1 << 22, gbytes_per_second: 20 },
  ],
};

test("the limit of a step is that of the nearest size", () => {
  assert.equal(readLimit(limits, "native", 1.5e6), 50);
  assert.equal(readLimit(limits, "native", 3.2e6), 20);
  assert.equal(readLimit(limits, "relaxed", 3.2e6), null);
  const row = { config: "baseline", weights: "int8", task: "step", engine: "mgt native", form: "transformer" };
  const [share] = stepShares(limits, [{ ...row, p50_us: 321.1264 }], [{ config: "baseline", weights: "int8", shape }]);
  assert.equal(share.share, 0.5); // 3,211,264 bytes in 321.1264 us are 10 GB/s of 20
});

test("the best product of an instruction set stands against its own dot rate", () => {
  const benchmarks = [
    { name: "gemm/avx2/8x8x4", "GMAC/s": 40 },
    { name: "gemm/avx2/8x8x64", "GMAC/s": 70 },
    { name: "gemv/avx2/8x8", "GMAC/s": 95 },
    { name: "gemm/scalar/8x8x64", "GMAC/s": 5 },
    { name: "rmsnorm/avx2/8", "GB/s": 5 },
  ];
  const [avx2, ...others] = productShares(limits, productsOf({ benchmarks }));
  assert.equal(others.length, 0);
  assert.deepEqual(avx2, { arch: "avx2", shape: "8x8x64", gmacs: 70, limit_gmacs: 100, share: 0.7, goal: 0.6 });
});

test("quantiles are values that were measured", () => {
  const us = Array.from({ length: 1000 }, (_, i) => 1000 - i);
  const { p50_us, p99_us, p999_us, percentiles_us, runs } = summary(us);
  assert.deepEqual({ p50_us, p99_us, p999_us, runs }, { p50_us: 500, p99_us: 990, p999_us: 999, runs: 1000 });
  assert.equal(percentiles_us.length, 100);
  assert.equal(quantile([7], 0.5), 7);
});
