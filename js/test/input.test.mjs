import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import { InputError, LoadError, ModelError, loadModel, loadModelInWorker } from "../dist/node.js";
import { modelBytes, modelPath } from "./support.mjs";

const model = await loadModel(modelBytes);
const session = model.createSession();

test("tokens that are no bytes are refused and change nothing", () => {
  session.step(65);
  const before = session.stats;
  for (const token of [256, -1, 3.5, NaN, 2 ** 32, Infinity, "65", undefined]) {
    assert.throws(
      () => session.step(token),
      (error) => error instanceof InputError && /vocabulary has 256/.test(error.message),
    );
  }
  assert.deepEqual(session.stats, before);
});

test("empty and overlong inputs are refused with both numbers", () => {
  assert.throws(() => session.prefill(""), { code: "empty_input" });
  assert.throws(() => session.infer(""), { code: "empty_input" });
  const most = model.config.contextLength;
  for (const length of [most + 1, 100000]) {
    const message = new RegExp(`${length}.*${most}`);
    assert.throws(() => session.infer(new Uint8Array(length)), { name: "InputError", code: "input_too_long", message });
  }
});

test("what is neither text nor bytes is refused and changes nothing", async () => {
  const before = session.stats;
  const refusal = { name: "InputError", code: "bad_input", message: /is 5, expected is text/ };
  for (const call of [() => session.prefill(5), () => session.push(5), () => session.infer(5)]) {
    assert.throws(call, refusal);
  }
  await assert.rejects(async () => session.generate(5), refusal);
  assert.deepEqual(session.stats, before);
});

test("bytes may come from another realm", () => {
  const other = model.createSession();
  other.prefill(runInNewContext("Uint8Array.of(65, 66)"));
  other.prefill(runInNewContext("Uint8Array.of(67, 68).buffer"));
  assert.equal(other.stats.tokens, 4);
});

test("truncated files are refused at any length, in time", async () => {
  for (const length of [0, 3, 4, 23, 24, 100, 1000, modelBytes.length >> 1, modelBytes.length - 1]) {
    await assert.rejects(loadModel(modelBytes.subarray(0, length)), ModelError, `${length} bytes`);
  }
});

test("a flipped weight is found by the model's own test", async () => {
  const damaged = Uint8Array.from(modelBytes);
  for (let i = damaged.length >> 1; i < damaged.length; i += 97) damaged[i] ^= 0x40;
  await assert.rejects(loadModel(damaged), ModelError);
});

test("a web page in the model's place is named as such", async () => {
  const page = new Response("<!doctype html><title>404</title>", { headers: { "content-type": "text/html" } });
  await assert.rejects(loadModel(page), { code: "not_a_model", message: /text\/html.*3c 21 64 6f.*<!doctyp/ });
  await assert.rejects(loadModel(new Response("", { status: 404 })), { name: "LoadError", message: /HTTP 404/ });
});

test("a missing file is named", async () => {
  await assert.rejects(loadModel("no/such/file.gguf"), (error) => {
    return error instanceof LoadError && /no\/such\/file\.gguf/.test(error.message);
  });
});

test("a source that is none, and a server that is not there, are LoadErrors", async () => {
  for (const source of [undefined, 5, {}]) {
    await assert.rejects(loadModel(source), { name: "LoadError", message: /^the source is .*, expected is a URL/ });
  }
  const nobody = "http://127.0.0.1:9/m.gguf";
  await assert.rejects(loadModel(nobody), { name: "LoadError", message: /127\.0\.0\.1:9\/m\.gguf: fetch failed/ });
});

test("a text that is no URL, and a file URL that names no path, are LoadErrors", async () => {
  await assert.rejects(loadModel("http://"), { name: "LoadError", message: "http:// is no URL" });
  await assert.rejects(loadModelInWorker("https://["), { name: "LoadError", message: "https://[ is no URL" });
  await assert.rejects(loadModel("file://elsewhere/m.gguf"), {
    name: "LoadError",
    message: /^file:\/\/elsewhere\/m.gguf: /,
  });
});

test("options of loading are checked by name and type", async () => {
  const refused = [
    [{ biuld: "relaxed" }, "there is no option biuld, known are onProgress, signal, wasm, build"],
    [{ build: "simd512" }, 'build is "simd512", known are simd128, relaxed'],
    [{ onProgress: 5 }, "onProgress is 5, expected is a function"],
    [{ signal: {} }, "signal is [object Object], expected is an AbortSignal"],
  ];
  for (const [options, message] of refused) {
    await assert.rejects(loadModel(modelBytes, options), { name: "OptionError", message });
  }
  await assert.rejects(loadModelInWorker(modelBytes, { build: "simd512" }), { name: "OptionError" });
  for (const load of [loadModel, loadModelInWorker]) {
    await assert.rejects(load(modelBytes, { wasm: null }), { name: "LoadError", message: /^the source is null, / });
  }
});

test("every kind of source loads the same model", async () => {
  const url = new URL(`file://${modelPath}`);
  const stream = () => new Blob([modelBytes]).stream();
  const buffer = modelBytes.buffer.slice(modelBytes.byteOffset, modelBytes.byteOffset + modelBytes.length);
  for (const source of [modelPath, url, url.href, buffer, new Blob([modelBytes]), stream(), new Response(stream())]) {
    const other = await loadModel(source);
    assert.equal(other.hash, model.hash);
    other.dispose();
  }
});

test("progress is reported, and a signal ends the download", async () => {
  const seen = [];
  const headers = { "content-length": String(modelBytes.length) };
  const response = () => new Response(inPieces(), { headers });
  await loadModel(response(), { onProgress: (progress) => seen.push(progress) });
  assert.deepEqual(seen.at(-1), { loadedBytes: modelBytes.length, totalBytes: modelBytes.length });
  assert.ok(seen.length > 1);

  const controller = new AbortController();
  const reason = new Error("changed my mind");
  const onProgress = () => controller.abort(reason);
  await assert.rejects(loadModel(response(), { onProgress, signal: controller.signal }), reason);
  await assert.rejects(loadModel(modelPath, { signal: AbortSignal.abort(reason) }), reason);
});

function inPieces() {
  const half = modelBytes.length >> 1;
  const pieces = [modelBytes.subarray(0, half), modelBytes.subarray(half)];
  return new ReadableStream({
    pull(controller) {
      const piece = pieces.shift();
      if (piece) controller.enqueue(piece);
      else controller.close();
    },
  });
}
