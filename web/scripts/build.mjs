// Builds the demo page into dist/: two bundles, the styles, the engine, the models and the sample streams. Nothing in
// there needs a network. Usage: node scripts/build.mjs
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const web = join(dirname(fileURLToPath(import.meta.url)), "..");
const repository = join(web, "..");
const out = join(web, "dist");

const shipped = [
  { id: "baseline", label: "baseline (4 layers)", file: "models/baseline-q4_q8.gguf" },
  { id: "micro", label: "micro (2 layers)", file: "models/micro-q8_0.gguf" },
];
const firstStream = "dpkg.log";

function fail(message) {
  console.error(`web build: ${message}`);
  process.exit(1);
}

/** Puts a file into a folder of dist; returns its catalog entry. */
async function place({ id, label, file }, folder) {
  const name = file.split("/").at(-1);
  await mkdir(join(out, folder), { recursive: true });
  await cp(join(repository, file), join(out, folder, name));
  return { id, label, url: `${folder}/${name}` };
}

async function models() {
  const there = shipped.filter(({ file }) => existsSync(join(repository, file)));
  if (there.length > 0) return there;
  return fail(`no model: none of ${shipped.map(({ file }) => file).join(", ")} is there`);
}

async function streams() {
  const folder = "bench/streams";
  const names = (await readdir(join(repository, folder))).filter((name) => name.endsWith(".log")).sort();
  names.sort((a, b) => Number(b === firstStream) - Number(a === firstStream));
  if (names.length === 0) fail(`no sample stream in ${folder}`);
  return names.map((name) => ({ id: name, label: name, file: `${folder}/${name}` }));
}

async function copyEngine() {
  await mkdir(join(out, "wasm"), { recursive: true });
  for (const name of ["mgt-simd128.wasm", "mgt-relaxed.wasm"]) {
    const from = join(repository, "js/wasm", name);
    if (!existsSync(from)) fail(`js/wasm/${name} is missing; make wasm builds it`);
    await cp(from, join(out, "wasm", name));
  }
}

async function bundle() {
  if (!existsSync(join(repository, "js/dist/index.js"))) fail("js/dist is missing; make js builds it");
  await build({
    absWorkingDir: web,
    entryPoints: { main: "src/main.ts", worker: "src/worker/main.ts", style: "src/styles/style.css" },
    outdir: "dist/app",
    bundle: true,
    format: "esm",
    target: "es2022",
    conditions: ["browser"],
    minify: true,
    sourcemap: "linked",
    logLevel: "warning",
  });
}

await rm(out, { recursive: true, force: true });
await bundle();
await copyEngine();
await cp(join(web, "src/index.html"), join(out, "index.html"));
await cp(join(web, "src/icon.svg"), join(out, "icon.svg"));
const catalog = {
  models: await Promise.all((await models()).map((model) => place(model, "models"))),
  streams: await Promise.all((await streams()).map((stream) => place(stream, "streams"))),
};
await writeFile(join(out, "catalog.json"), JSON.stringify(catalog, null, 2));

const sizeOf = async (name) => `${name} ${((await readFile(join(out, name))).length / 1024).toFixed(0)} KiB`;
console.log(`web/dist: ${(await Promise.all(["app/main.js", "app/worker.js"].map(sizeOf))).join(", ")}`);
