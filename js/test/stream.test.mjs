import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModel } from "../dist/node.js";
import { modelBytes, sampleBytes, sampleText } from "./support.mjs";

const model = await loadModel(modelBytes);
const expected = hashOf((session) => {
  for (const byte of sampleBytes) session.step(byte);
});

function hashOf(work) {
  const session = model.createSession();
  work(session);
  return session.stats.logitsHash;
}

async function streamed(source, options) {
  const session = model.createSession();
  let steps = 0;
  for await (const { witness } of session.stream(source, options)) assert.equal(witness.step, steps++);
  return session.stats.logitsHash;
}

async function* chunks(input, size) {
  for (let i = 0; i < input.length; i += size) yield input.slice(i, i + size);
}

test("text, bytes, tokens and chunks of any size are the same stream", async () => {
  assert.equal(await streamed(sampleText), expected);
  assert.equal(await streamed(sampleBytes), expected);
  assert.equal(await streamed([...sampleBytes]), expected);
  for (const size of [1, 7, 1000]) {
    assert.equal(await streamed(chunks(sampleBytes, size)), expected);
    assert.equal(await streamed(chunks(sampleText, size)), expected);
  }
  assert.equal(await streamed(new Blob([sampleBytes]).stream()), expected);
});

test("a surrogate pair may be split between chunks", async () => {
  const text = "a🙂b🙂";
  const session = model.createSession();
  const tokens = [];
  for await (const { witness } of session.stream(chunks(text, 1))) tokens.push(witness.token);
  assert.deepEqual(Uint8Array.from(tokens), new TextEncoder().encode(text));
});

test("the source is asked for more only when the consumer is", async () => {
  let asked = 0;
  async function* source() {
    for (;;) {
      asked++;
      yield "abcd";
    }
  }
  const steps = model.createSession().stream(source());
  for (let i = 0; i < 4; i++) await steps.next();
  assert.equal(asked, 1);
  await steps.next();
  assert.equal(asked, 2);
  await steps.return();
});

test("leaving the loop closes the source", async () => {
  let closed = false;
  async function* source() {
    try {
      for (;;) yield "abcd";
    } finally {
      closed = true;
    }
  }
  for await (const { witness } of model.createSession().stream(source())) if (witness.step === 5) break;
  assert.ok(closed);
});

test("a signal stops a stream that never waits, and one that waits for ever", async () => {
  const reason = new Error("enough");
  const busy = async () => {
    const signal = abortIn(30, reason);
    for await (const _ of model.createSession().stream(new Uint8Array(1 << 22), { signal }));
  };
  await assert.rejects(busy, reason);
  async function* silent() {
    yield "a";
    await new Promise(() => setTimeout(() => undefined, 60_000).unref());
  }
  const waiting = async () => {
    for await (const _ of model.createSession().stream(silent(), { signal: abortIn(30, reason) }));
  };
  await assert.rejects(waiting, reason);
});

function abortIn(milliseconds, reason) {
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), milliseconds);
  return controller.signal;
}

test("generation: promise and pieces agree, seeds repeat, characters stay whole", async () => {
  const options = { n: 120, temperature: 1.2, seed: 5 };
  const text = await model.createSession().generate("2026-01-02 wörker", options);
  let pieces = "";
  for await (const piece of model.createSession().generate("2026-01-02 wörker", options)) pieces += piece;
  assert.equal(pieces, text);
  const other = await model.createSession().generate("2026-01-02 wörker", { ...options, seed: 6 });
  assert.notEqual(other, text);
  assert.ok(text.length > 0 && Buffer.from(text).length >= 120);
});

test("generation refuses a temperature out of range and obeys its signal", async () => {
  const session = model.createSession();
  await assert.rejects(async () => session.generate("a", { temperature: 11 }), { code: "option_out_of_range" });
  const reason = new Error("enough");
  const signal = abortIn(30, reason);
  await assert.rejects(async () => session.generate("a", { n: 1e7, signal }), reason);
});
