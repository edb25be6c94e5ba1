// js/dist: bundles of src/ for Node (ESM, CommonJS), browsers, workers and the command line, and their types.
// The wasm files in js/wasm come from CMake.
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const at = (...path) => join(root, ...path);
const maxWasmGzipBytes = 100_000;

const maxScriptGzipBytes = 15_000;

/** Stops the build where a file has outgrown its limit. */
function checkSizes(files, maxGzipBytes) {
  for (const file of files) {
    const bytes = gzipSync(readFileSync(at(file)), { level: 9 }).length;
    console.log(`${file}: ${bytes} bytes gzipped`);
    if (bytes > maxGzipBytes) throw new Error(`${file}: ${bytes} bytes gzipped, ${maxGzipBytes} allowed`);
  }
}

/** An imported wasm file becomes its gzipped bytes. */
const gzippedWasm = {
  name: "gzipped-wasm",
  setup({ onLoad }) {
    onLoad({ filter: /\.wasm$/ }, ({ path }) => ({
      contents: gzipSync(readFileSync(path), { level: 9 }),
      loader: "binary",
    }));
  },
};

const common = {
  absWorkingDir: root,
  outdir: "dist",
  bundle: true,
  format: "esm",
  target: "es2022",
  plugins: [gzippedWasm],
  // Names stay: errors and stack traces show them.
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 160, // a stack trace quotes a line
  logLevel: "warning",
};
const version = JSON.stringify(JSON.parse(readFileSync(at("package.json"), "utf8")).version);
const cjsUrl = 'const __packageUrl = require("node:url").pathToFileURL(__filename).href;';

checkSizes(["wasm/mgt-simd128.wasm", "wasm/mgt-relaxed.wasm"], maxWasmGzipBytes);
rmSync(at("dist"), { recursive: true, force: true });
await Promise.all([
  build({ ...common, entryPoints: ["src/index.ts", "src/worker.ts", "src/inline.ts"], platform: "browser" }),
  build({ ...common, entryPoints: ["src/node.ts", "src/worker.node.ts"], platform: "node" }),
  build({ ...common, entryPoints: { cli: "src/cli/main.ts" }, platform: "node", define: { MGT_VERSION: version } }),
  ...[
    { entry: "node", banner: cjsUrl, url: "__packageUrl" },
    { entry: "inline", banner: "", url: '"about:blank"' },
  ].map(({ entry, banner, url }) =>
    build({
      ...common,
      entryPoints: [`src/${entry}.ts`],
      platform: entry === "node" ? "node" : "browser",
      format: "cjs",
      outExtension: { ".js": ".cjs" },
      banner: { js: banner },
      define: { "import.meta.url": url },
    }),
  ),
]);
checkSizes(["dist/index.js", "dist/node.js", "dist/worker.js"], maxScriptGzipBytes);
chmodSync(at("dist", "cli.js"), 0o755);

const tsc = (...args) =>
  execFileSync(process.execPath, [at("node_modules", "typescript", "bin", "tsc"), ...args], { stdio: "inherit" });
tsc("-p", root);
cpSync(at("dist", "types"), at("dist", "types-cjs"), { recursive: true });
writeFileSync(at("dist", "types-cjs", "package.json"), '{ "type": "commonjs" }\n');
tsc("-p", at("test")); // what a user writes, against the declarations just made
