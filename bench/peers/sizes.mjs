// What a page downloads, gzipped, against what it may weigh.
import { existsSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { at } from "./paths.mjs";
import { table } from "./print.mjs";

const wasmGoal = 100_000;
const scriptGoal = 15_000;

const files = [
  { path: "js/wasm/mgt-simd128.wasm", goal: wasmGoal },
  { path: "js/wasm/mgt-relaxed.wasm", goal: wasmGoal },
  { path: "js/dist/index.js", goal: scriptGoal },
  { path: "js/dist/worker.js", goal: scriptGoal },
  { path: "js/dist/node.js", goal: scriptGoal },
];

/** Of the files that are built: { path, gzip_bytes, goal }. */
export function gzipSizes() {
  return files
    .filter(({ path }) => existsSync(at(path)))
    .map(({ path, goal }) => ({ path, gzip_bytes: gzipSync(readFileSync(at(path)), { level: 9 }).length, goal }));
}

export function sizesText(sizes) {
  const rows = sizes.map(({ path, gzip_bytes, goal }) => [
    path,
    gzip_bytes <= goal ? "yes" : "no",
    String(gzip_bytes),
    String(goal),
  ]);
  return table([["file, gzipped", "reached", "bytes", "goal"], ...rows]);
}
