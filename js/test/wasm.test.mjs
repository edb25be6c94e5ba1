import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { WasmError, loadModel, pickBuild } from "../dist/node.js";
import { modelBytes, runProgram, sampleBytes, wasmPath } from "./support.mjs";

const nodeMajor = Number(process.versions.node.split(".")[0]);
const bytesOf = (build) => readFileSync(wasmPath(build));
const hashOf = (model) => {
  const session = model.createSession();
  for (const byte of sampleBytes) session.step(byte);
  return session.stats.logitsHash;
};

test("the build fits the engine, and says why", async () => {
  const { build, reason } = pickBuild();
  assert.equal(build, nodeMajor >= 24 ? "relaxed" : "simd128");
  const model = await loadModel(modelBytes);
  assert.equal(model.build, build);
  assert.equal(model.arch, `wasm-${build}`);
  assert.equal(model.buildReason, reason);
});

test("Node 20's experimental relaxed SIMD is found to be wrong", { skip: nodeMajor !== 20 && "Node 20 only" }, () => {
  const script = `import { pickBuild } from ${JSON.stringify(new URL("../dist/node.js", import.meta.url).href)};
    console.log(JSON.stringify(pickBuild()));`;
  const flags = ["--experimental-wasm-relaxed-simd", "--input-type=module", "-e", script];
  const { build, reason } = JSON.parse(runProgram(process.execPath, flags).stdout);
  assert.equal(build, "simd128");
  assert.match(reason, /wrong/);
});

test("both builds give the same bits", { skip: nodeMajor < 24 && "needs relaxed SIMD" }, async () => {
  const hashes = [];
  for (const build of ["simd128", "relaxed"]) hashes.push(hashOf(await loadModel(modelBytes, { build })));
  assert.equal(hashes[0], hashes[1]);
});

test("wasm can be brought as bytes, module, response, or one for each build", async () => {
  const file = bytesOf("simd128");
  const module = await WebAssembly.compile(file);
  const forms = [file, module, new Response(file), { simd128: file, relaxed: bytesOf("relaxed") }, { simd128: module }];
  for (const wasm of forms) {
    const model = await loadModel(modelBytes, { wasm });
    assert.ok(model.createSession().step(65));
  }
});

test("wasm that is a web page, foreign, cut or unsupported is refused", async () => {
  const refused = (wasm, message) =>
    assert.rejects(loadModel(modelBytes, { wasm }), (error) => {
      assert.ok(error instanceof WasmError, String(error));
      assert.match(error.message, message);
      return true;
    });
  await refused(
    new Response("<html>", { headers: { "content-type": "text/html" } }),
    /text\/html.*3c 68 74 6d.*00 61 73 6d/,
  );
  await refused(bytesOf("simd128").subarray(0, 1000), /does not compile/);
  await refused(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0), /ABI none/);
  if (nodeMajor < 24) {
    await refused(bytesOf("relaxed"), /does not compile/);
    await assert.rejects(loadModel(modelBytes, { build: "relaxed" }), WasmError);
  }
});
