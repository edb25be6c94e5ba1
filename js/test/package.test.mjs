import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { modelPath, runProgram, sampleText, wasmPath } from "./support.mjs";

const dist = (name) => new URL(`../dist/${name}`, import.meta.url);

test("require() gives the same library", async () => {
  const { loadModel, MgtError } = createRequire(import.meta.url)("../dist/node.cjs");
  const model = await loadModel(modelPath);
  const session = model.createSession();
  assert.equal(session.step(65).witness.token, 65);
  assert.throws(() => session.step(256), MgtError);
});

test("the README's first example runs where the package is installed", () => {
  const folder = mkdtempSync(join(tmpdir(), "mgt-project-"));
  const installed = join(folder, "node_modules", "mincut-gated-transformer");
  const own = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
  mkdirSync(installed, { recursive: true });
  for (const name of ["dist", "wasm"]) symlinkSync(own(name), join(installed, name));
  symlinkSync(dirname(modelPath), join(installed, "models"));
  copyFileSync(own("package.json"), join(installed, "package.json"));
  const [, example] = /```js\n(.*?)```/s.exec(readFileSync(own("README.md"), "utf8"));
  writeFileSync(join(folder, "example.mjs"), example);
  const { status, stdout, stderr } = runProgram(process.execPath, [join(folder, "example.mjs")]);
  rmSync(folder, { recursive: true });
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^0 \w+ /);
});

test("require() starts workers as well", async () => {
  const { loadModelInWorker } = createRequire(import.meta.url)("../dist/node.cjs");
  const model = await loadModelInWorker(modelPath);
  assert.equal((await (await model.createSession()).step(65)).witness.token, 65);
  model.dispose();
});

test("the inlined entry needs no file", async () => {
  const { loadModel } = await import("../dist/inline.js");
  const model = await loadModel(readFileSync(modelPath));
  assert.ok(model.createSession().step(65));
});

test("nothing generates code from strings", () => {
  const script = `import { loadModel, loadModelInWorker } from ${JSON.stringify(dist("node.js").href)};
    const model = await loadModel(${JSON.stringify(modelPath)});
    for await (const view of model.createSession().stream(${JSON.stringify(sampleText)}));
    const remote = await loadModelInWorker(${JSON.stringify(modelPath)});
    await (await remote.createSession()).generate("a", { n: 5 });
    remote.dispose();
    console.log("done");`;
  const flags = ["--disallow-code-generation-from-strings", "--input-type=module", "-e", script];
  const { stdout, stderr } = runProgram(process.execPath, flags);
  assert.equal(stdout, "done\n", stderr);
  for (const name of ["index.js", "node.js", "worker.js", "inline.js"]) {
    const code = readFileSync(dist(name), "utf8");
    assert.doesNotMatch(code, /\beval\(|new Function\(|SharedArrayBuffer|createObjectURL/, name);
  }
});

test("an idle worker does not keep the process alive", () => {
  const script = `import { loadModelInWorker } from ${JSON.stringify(dist("node.js").href)};
    const model = await loadModelInWorker(${JSON.stringify(modelPath)});
    console.log(model.name.length > 0);`;
  assert.equal(runProgram(process.execPath, ["--input-type=module", "-e", script]).stdout, "true\n");
});

test("each wasm file stays under 100 kB gzipped", () => {
  for (const build of ["simd128", "relaxed"]) {
    const size = gzipSync(readFileSync(wasmPath(build)), { level: 9 }).length;
    assert.ok(size < 100_000, `${build}: ${size}`);
  }
});
