import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DisposedError, InputError, ModelError, OptionError, loadModel, loadModelInWorker } from "../dist/node.js";
import { modelBytes, modelPath, sampleBytes, sampleText } from "./support.mjs";

let local;
let remote;
before(async () => {
  [local, remote] = await Promise.all([loadModel(modelPath), loadModelInWorker(modelPath)]);
});
after(() => {
  local.dispose();
  remote.dispose();
});

test("the worker's model is the same one", async () => {
  for (const fact of ["name", "parameters", "sizeBytes", "hash", "build", "arch", "config"]) {
    assert.deepEqual(remote[fact], local[fact], fact);
  }
  assert.deepEqual(await remote.plan({ policy: "exact" }), local.plan({ policy: "exact" }));
  assert.ok((await remote.heapBytes()) > local.sizeBytes);
  const options = { policy: "dense", deadlineUs: 25, stepBoundsUs: [40, 20, 10, 2] };
  const [here, there] = [local.createSession(options), await remote.createSession(options)];
  for (const fact of ["options", "plan", "policy", "window", "deadlineTier"]) {
    assert.deepEqual(there[fact], here[fact], fact);
  }
});

test("steps, streams, prefill, infer and generation agree with the calling thread's", async () => {
  const here = local.createSession();
  const there = await remote.createSession();
  const witnesses = [];
  for (const byte of sampleBytes.subarray(0, 300)) witnesses.push(here.step(byte).witness.toJSON());

  let steps = 0;
  for await (const { witness, probabilities } of there.stream(sampleBytes.subarray(0, 300))) {
    assert.deepEqual(witness.toJSON(), witnesses[steps++]);
    assert.equal(probabilities[witness.topToken], witness.topProbability);
  }
  assert.equal(steps, 300);
  assert.deepEqual((await there.step(65)).logits.slice(), here.step(65).logits.slice());
  assert.deepEqual((await there.prefill("abc")).probabilities.slice(), here.prefill("abc").probabilities.slice());
  assert.deepEqual((await there.push("def")).probabilities.slice(), here.push("def").probabilities.slice());
  assert.deepEqual((await there.logits()).logits.slice(), here.logits().logits.slice());
  assert.deepEqual((await there.infer("abc", 1)).logits.slice(), here.infer("abc", 1).logits.slice());
  assert.deepEqual(await there.stats(), here.stats);
  const options = { n: 50, temperature: 1, seed: 3 };
  assert.equal(await there.generate(sampleText, options), await here.generate(sampleText, options));
  const collect = async (session) => {
    const tokens = [];
    for await (const drawn of session.generateTokens("a", { n: 20, temperature: 1, logprobs: 2 })) tokens.push(drawn);
    return tokens;
  };
  assert.deepEqual(await collect(there), await collect(here));
  await there.dispose();
});

test("a stream without outputs sends witnesses alone", async () => {
  const session = await remote.createSession();
  let steps = 0;
  for await (const view of session.stream(sampleText, { outputs: false, batch: 50 })) {
    assert.equal(view.witness.step, steps++);
    assert.throws(() => view.logits, RangeError);
  }
  assert.equal(steps, sampleBytes.length);
});

test("errors keep their class, code and message", async () => {
  const session = await remote.createSession();
  await assert.rejects(session.step(256), InputError);
  await assert.rejects(session.infer(new Uint8Array(1000)), { name: "InputError", code: "input_too_long" });
  await assert.rejects(remote.createSession({ window: 1000 }), OptionError);
  for (const options of [{ n: 1.5 }, { n: NaN }, { seed: -1 }]) {
    await assert.rejects(async () => session.generate("a", options), OptionError);
  }
  await assert.rejects(session.prefill(5), InputError);
  for (const token of [5n, Symbol("a")]) await assert.rejects(session.step(token), InputError);
  await assert.rejects(session.step(65, { teir: 1 }), OptionError);
  await assert.rejects(session.step(65, { tier: Symbol("a") }), InputError); // which no message can carry
  await assert.rejects(async () => session.generate(Symbol("a")), InputError);
  for (const options of [null, { policy: Symbol("a") }, { teir: 1 }]) {
    await assert.rejects(remote.createSession(options), OptionError);
    await assert.rejects(remote.plan(options), OptionError);
    await assert.rejects(async () => session.generate("a", options), OptionError);
    await assert.rejects(session.stream("a", options).next(), OptionError);
  }
  for (const batch of [0, -1, NaN, "x", 1.5, 65537]) {
    const message = /^batch is .*, allowed are integers 1 to 65536$/;
    await assert.rejects(session.stream("a", { batch }).next(), { name: "OptionError", message });
  }
  await assert.rejects(session.stream("a", { outputs: 1 }).next(), { name: "OptionError", message: /^outputs is 1/ });
  assert.equal((await session.stats()).tokens, 0);
  await session.dispose();
  await assert.rejects(session.step(1), DisposedError);
  await assert.rejects(loadModelInWorker(new Uint8Array(10)), ModelError);
});

test("a signal stops a stream; the session goes on", async () => {
  const session = await remote.createSession();
  const controller = new AbortController();
  const reason = new Error("enough");
  const streaming = async () => {
    for await (const { witness } of session.stream(new Uint8Array(1 << 20), { signal: controller.signal })) {
      if (witness.step === 100) controller.abort(reason);
    }
  };
  await assert.rejects(streaming, reason);
  assert.ok((await session.step(65)).witness.step <= 101 + 2 * 64);
});

test("a signal ends a generation that still reads its prompt; without one the text is the same", async () => {
  const session = await remote.createSession();
  const reason = new Error("enough");
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), 1);
  const { signal } = controller;
  await assert.rejects(async () => await session.generate(sampleText.repeat(20), { n: 4, signal }), reason);
  assert.ok((await session.stats()).tokens < sampleBytes.length * 20);
  const text = (options) => session.generate(sampleText, { n: 40, ...options });
  await session.reset();
  const plain = await text({});
  await session.reset();
  assert.equal(await text({ signal: new AbortController().signal }), plain);
});

test("progress arrives, and a signal ends the load", async () => {
  const seen = [];
  const model = await loadModelInWorker(modelPath, { onProgress: (progress) => seen.push(progress) });
  assert.equal(seen.at(-1).loadedBytes, modelBytes.length);
  model.dispose();
  const reason = new Error("no more");
  await assert.rejects(loadModelInWorker(modelPath, { signal: AbortSignal.abort(reason) }), reason);
});

test("after the model's dispose every call rejects with DisposedError, dispose itself does not", async () => {
  const model = await loadModelInWorker(modelPath);
  assert.equal(model.disposed, false);
  const session = await model.createSession();
  const waiting = session.prefill(sampleBytes);
  model.dispose();
  assert.equal(model.disposed, true);
  assert.equal(session.disposed, true);
  await assert.rejects(waiting, DisposedError);
  for (const call of [() => session.step(1), () => session.stats(), () => model.createSession(), () => model.plan()]) {
    await assert.rejects(call, DisposedError);
  }
  await session.dispose();
  model.dispose();
});
