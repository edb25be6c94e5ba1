// What this machine can do at most, and how near to it the engines came: measured on the same CPU in the same run.
import { execFileSync } from "node:child_process";
import { pinned } from "./engine.mjs";
import { stepBytes } from "./work.mjs";
import { at, node24, nodeOfMachine, results } from "./paths.mjs";

const nodes = { relaxed: node24, simd128: nodeOfMachine };
const productGoal = (arch) => (arch.includes("amx") ? 0.4 : 0.6);
const stepGoal = 0.75;

/** Runs a program on one CPU and returns what it printed. */
function outputOf(cpu, command, options = {}) {
  const [program, ...args] = pinned(cpu, command);
  return execFileSync(program, args, { encoding: "utf8", maxBuffer: 1 << 26, ...options });
}

/** The path of a benchmark of the core as WebAssembly, built where it is older than its sources. */
function wasmProgram(name, build) {
  return outputOf(undefined, [at("bench/wasm.sh"), "--build-only", name, build]).trim();
}

/** { native, relaxed, simd128 }: lists of { what, where, size_bytes, gmacs or gbytes_per_second }. */
export function measureLimits(cpu, programs = ["native", "relaxed", "simd128"]) {
  const command = (program) =>
    program === "native" ? [at("build/native/mgt_limits")] : [nodes[program], wasmProgram("limits", program)];
  return Object.fromEntries(programs.map((program) => [program, JSON.parse(outputOf(cpu, command(program)))]));
}

/** The rates of our matrix products: [{ op, arch, shape, gmacs }], for every instruction set of this machine. */
export function measureProducts(cpu, programs = ["native", "relaxed", "simd128"]) {
  return programs.flatMap((program) => (program === "native" ? nativeProducts(cpu) : wasmProducts(cpu, program)));
}

function nativeProducts(cpu) {
  const path = `${results}/products.json`;
  const flags = ["--benchmark_filter=^gemm/", "--benchmark_min_time=0.2", `--benchmark_out=${path}`];
  const text = outputOf(cpu, [at("build/native/mgt_bench"), ...flags, "--benchmark_format=json"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  return productsOf(JSON.parse(text));
}

/** Those of Google Benchmark's JSON that are called op/arch/shape and count multiply-adds. */
export function productsOf({ benchmarks }) {
  return benchmarks
    .filter((one) => one["GMAC/s"] !== undefined)
    .map((one) => {
      const [op, arch, ...shape] = one.name.split("/");
      return { op, arch, shape: shape.join("/"), gmacs: Number(one["GMAC/s"].toFixed(2)) };
    });
}

function wasmProducts(cpu, build) {
  const text = outputOf(cpu, [nodes[build], wasmProgram("kernels", build)]);
  return [...text.matchAll(/^(\w+)\/([\w-]+)\/(\S+)\s+([\d.]+) GMAC\/s$/gm)].map(([, op, arch, shape, gmacs]) => ({
    op,
    arch,
    shape: shape.replace("/100%", ""),
    gmacs: Number(gmacs),
  }));
}

/** The dot rate of an instruction set: the best of operands in registers and in the first-level cache. */
export function dotLimit(limits, arch) {
  const rates = Object.values(limits)
    .flat()
    .filter(({ what, where }) => what === "dot" && where.startsWith(`${arch}/`))
    .map(({ gmacs }) => gmacs);
  return rates.length > 0 ? Math.max(...rates) : null;
}

/** Bytes per second, in units of 1e9, that a program reads from about as much memory. */
export function readLimit(limits, program, bytes) {
  const reads = (limits[program] ?? []).filter(({ what }) => what === "read");
  const distance = ({ size_bytes }) => Math.abs(Math.log(size_bytes / bytes));
  if (reads.length === 0) return null;
  return reads.reduce((a, b) => (distance(b) < distance(a) ? b : a)).gbytes_per_second;
}

const bestOf = (products) => products.reduce((a, b) => (b.gmacs > a.gmacs ? b : a));

/** One entry per instruction set whose dot rate was measured: our best product of many tokens against it. */
export function productShares(limits, products) {
  const archs = [...new Set(products.map(({ arch }) => arch))];
  return archs.flatMap((arch) => {
    const limit = dotLimit(limits, arch);
    const ours = products.filter((product) => product.arch === arch && product.op === "gemm");
    if (limit === null || ours.length === 0) return [];
    const { shape, gmacs } = bestOf(ours);
    return [
      { arch, shape, gmacs, limit_gmacs: limit, share: Number((gmacs / limit).toFixed(3)), goal: productGoal(arch) },
    ];
  });
}

/** One entry per step of ours: what share of the read bandwidth at the weights' level it reaches. */
export function stepShares(limits, rows, models) {
  const ours = { "mgt native": "native", "mgt wasm relaxed": "relaxed", "mgt wasm simd128": "simd128" };
  const steps = rows.filter((row) => row.task === "step" && row.form === "transformer" && ours[row.engine]);
  return steps.flatMap(({ config, weights, engine, p50_us }) => {
    const model = models.find((one) => one.config === config && one.weights === weights);
    const { named, sure } = stepBytes(model.shape, weights);
    const limit = readLimit(limits, ours[engine], named);
    if (limit === null) return [];
    const share = (bytes) => Number((bytes / (p50_us * 1e3) / limit).toFixed(3));
    return [
      {
        config,
        weights,
        engine,
        bytes: named,
        limit_gbytes_per_second: limit,
        share: share(named),
        sure_share: share(sure),
        goal: stepGoal,
      },
    ];
  });
}
