// Streams a log through the shipped model, gated and dense, once per instruction set of this machine, natively and in
// WebAssembly, and prints one line each. Ends with 1 where two instruction sets disagree in a single bit.
//
// Usage: node scripts/demo.mjs [--bytes N] [FILE]
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const nativeProgram = join(root, "build/native/mgt");
const nodeProgram = join(root, "js/dist/cli.js");
const node24 = join(root, "js/node_modules/node/bin/node");

const { values, positionals } = parseArgs({
  options: { bytes: { type: "string", default: "204800" } },
  allowPositionals: true,
});
const file = positionals[0] ?? join(root, "bench/streams/dpkg.log");
const stream = readFileSync(file).subarray(0, Number(values.bytes));

/** The runs to make: one per kernel table this machine can execute. */
function runs() {
  const needs = {
    scalar: [],
    sse42: ["sse4_2"],
    avx2: ["avx2", "fma"],
    amx: ["avx512_vnni", "amx_tile", "amx_int8"],
    avx512vnni: ["avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512cd", "avx512_vnni"],
  };
  const flags = cpuFlags();
  const native = Object.keys(needs)
    .reverse() // the fastest first; the scalar reference takes minutes
    .filter((arch) => needs[arch].every((flag) => flags.has(flag)))
    .map((arch) => ({ arch, where: "native", command: [nativeProgram] }));
  const wasm = [
    { arch: "wasm-simd128", where: nodeVersion(process.execPath), command: [process.execPath, nodeProgram] },
  ];
  if (existsSync(node24)) {
    wasm.push({ arch: "wasm-relaxed", where: nodeVersion(node24), command: [node24, nodeProgram] });
  }
  return [native[0], ...wasm, ...native.slice(1)];
}

function cpuFlags() {
  if (!existsSync("/proc/cpuinfo")) return new Set();
  const line = /^flags\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"));
  return new Set(line ? line[1].trim().split(/\s+/) : []);
}

function nodeVersion(program) {
  return program === process.execPath ? `Node ${process.versions.node.split(".")[0]}` : "Node 24";
}

async function run({ arch, command }) {
  const [program, ...first] = command;
  const pending = promisify(execFile)(program, [...first, "run", "--json", "--compare", "-"], {
    env: { ...process.env, MGT_ARCH: arch },
    maxBuffer: 1 << 24,
  });
  pending.child.stdin.end(stream);
  const { stdout } = await pending;
  const result = JSON.parse(stdout);
  if (result.arch !== arch) throw new Error(`asked for ${arch}, ran on ${result.arch}`);
  return result;
}

function row(where, result) {
  const total = result.tokens;
  const shares = ["0", "1", "2", "3"].map((tier) =>
    `${Math.round((100 * (result.tiers[tier] ?? 0)) / total)}%`.padStart(4),
  );
  const change = 100 * (result.nats_per_byte / result.dense.nats_per_byte - 1);
  return [
    result.arch.padEnd(13),
    where.padEnd(8),
    shares.join(" "),
    Math.round(result.dense.tokens_per_second ?? total / result.dense.seconds)
      .toString()
      .padStart(8),
    Math.round(result.tokens_per_second).toString().padStart(8),
    `${result.speedup.toFixed(2)}x`.padStart(8),
    result.nats_per_byte.toFixed(4).padStart(8),
    `${change >= 0 ? "+" : ""}${change.toFixed(2)}%`.padStart(8),
    `${(100 * result.agreement).toFixed(2)}%`.padStart(9),
    String(result.logits_hash),
  ].join("  ");
}

console.log(`${file.slice(root.length + 1)}: ${stream.length} bytes, one token each\n`);
console.log(
  "arch           where     tier 0    1    2    3   dense/s  gated/s  speedup  nats/B   change  agreement  logits_hash",
);
const hashes = new Map();
for (const item of runs()) {
  const result = await run(item);
  console.log(row(item.where, result));
  const key = `${result.logits_hash} ${result.dense.logits_hash}`;
  hashes.set(key, [...(hashes.get(key) ?? []), result.arch]);
}
if (hashes.size === 1) {
  console.log(`\nThe same bits on all ${[...hashes.values()][0].length} instruction sets, gated and dense.`);
} else {
  console.error("\nDIFFERENT BITS:", [...hashes.values()].map((archs) => archs.join(" = ")).join("  but  "));
  process.exitCode = 1;
}
