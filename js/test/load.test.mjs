// Where models come from: every kind of source, and what is said where one cannot be read.
import assert from "node:assert/strict";
import { test } from "node:test";
import { LoadError, ModelError, OptionError, WorkerError, loadModel, loadModelInWorker } from "../dist/node.js";
import { modelBytes, modelPath } from "./support.mjs";

const model = await loadModel(modelBytes);

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
  for (const source of [undefined, null, 5, {}, "", Symbol("a")]) {
    for (const load of [loadModel, loadModelInWorker]) {
      await assert.rejects(load(source), { name: "LoadError", message: /^the source is .*, expected is a URL/ });
    }
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
  for (const location of ["file:%zz", "file:///a%2fb", new URL("file:///a%2fb")]) {
    for (const load of [loadModel, loadModelInWorker]) {
      await assert.rejects(load(location), { name: "LoadError", message: /^file:/ });
    }
  }
});

test("a URL of an unknown scheme is no path, in a worker neither", async () => {
  for (const location of ["ftp://x/y", new URL("ftp://x/y"), new URL("odd:y")]) {
    for (const load of [loadModel, loadModelInWorker]) {
      await assert.rejects(load(location), (error) => {
        return error instanceof LoadError && error.message.startsWith(`${location}: `);
      });
    }
  }
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
  for (const [wasm, message] of [
    [null, /^wasm is null, expected is a URL/],
    ["", /^wasm is "", expected is a URL/],
    [{}, /^wasm is \[object Object\], expected is a URL/],
    [{ simd128: null }, /^wasm.simd128 is null, expected is a URL/],
    [{ simd128: modelBytes, simd512: modelBytes }, /^there is no option wasm.simd512, known are simd128, relaxed$/],
  ]) {
    for (const load of [loadModel, loadModelInWorker]) {
      await assert.rejects(load(modelBytes, { wasm }), { name: "OptionError", message });
    }
  }
});

test("a worker's script that is none is refused, or does not start", async () => {
  for (const workerUrl of [5, null, ""]) {
    await assert.rejects(loadModelInWorker(modelBytes, { workerUrl }), OptionError);
  }
  for (const workerUrl of ["https://example.com/worker.js", "file:%zz", "no-such-worker.js"]) {
    await assert.rejects(loadModelInWorker(modelBytes, { workerUrl }), WorkerError);
  }
});

test("a stream of text is no model", async () => {
  const text = new ReadableStream({
    start(controller) {
      controller.enqueue("GGUF");
      controller.close();
    },
  });
  await assert.rejects(loadModel(text), {
    name: "LoadError",
    message: /the given stream: .*a chunk is "GGUF", expected/,
  });
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

test("an aborted load closes the stream that it waits for", { timeout: 5000 }, async () => {
  const reason = new Error("changed my mind");
  for (const option of ["source", "wasm"]) {
    const closed = resolvers();
    const silent = new ReadableStream({ cancel: closed.resolve });
    const controller = new AbortController();
    const { signal } = controller;
    const load = option === "source" ? loadModel(silent, { signal }) : loadModel(modelBytes, { wasm: silent, signal });
    setTimeout(() => controller.abort(reason), 20);
    await assert.rejects(load, reason);
    assert.equal(await closed.promise, reason);
    assert.equal(silent.locked, false);
  }
});

test("what onProgress throws ends the load, here and in a worker", async () => {
  const reason = new Error("no room for a progress bar");
  const onProgress = () => {
    throw reason;
  };
  for (const load of [loadModel, loadModelInWorker]) {
    await assert.rejects(load(modelPath, { onProgress }), reason);
    await assert.rejects(load(new Response(inPieces()), { onProgress }), reason);
  }
});

function resolvers() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}

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
