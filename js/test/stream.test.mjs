import assert from "node:assert/strict";
import { Readable } from "node:stream";
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
  assert.equal(await streamed(new Blob([sampleBytes])), expected);
  assert.equal(await streamed(sampleBytes.slice().buffer), expected);
  const shared = new SharedArrayBuffer(sampleBytes.length);
  new Uint8Array(shared).set(sampleBytes);
  assert.equal(await streamed(shared), expected);
});

test("what is no source, and options that are none, are refused by name", async () => {
  const session = model.createSession();
  for (const source of [null, undefined, 5, Symbol("a"), {}, new DataView(new ArrayBuffer(4))]) {
    await assert.rejects(session.stream(source).next(), {
      name: "InputError",
      message: /^the source is .*, expected is text/,
    });
  }
  await assert.rejects(session.stream([65, 256]).next(), { name: "InputError", code: "token_out_of_range" });
  await assert.rejects(session.stream(chunks([5n, null], 1)).next(), { name: "InputError", code: "bad_input" });
  for (const [options, message] of [
    [null, "options is null, expected is an object"],
    [{ batch: 5 }, "there is no option batch, known are signal"],
    [{ signal: 5 }, "signal is 5, expected is an AbortSignal"],
  ]) {
    await assert.rejects(session.stream("a", options).next(), { name: "OptionError", message });
  }
  assert.equal(session.stats.tokens, 0);
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

test("an abort closes a source that is silent", { timeout: 5000 }, async () => {
  const reason = new Error("enough");
  const consume = async (source) => {
    for await (const _ of model.createSession().stream(source, { signal: abortIn(20, reason) }));
  };
  let cancelled;
  const stream = new ReadableStream({ cancel: (why) => void (cancelled = why) });
  await assert.rejects(consume(stream), reason);
  assert.equal(cancelled, reason);
  assert.equal(stream.locked, false);
  const readable = new Readable({ read() {} });
  await assert.rejects(consume(readable), reason);
  assert.ok(readable.destroyed);
  let returned = false;
  const iterable = {
    [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined), return: () => void (returned = true) }),
  };
  await assert.rejects(consume(iterable), reason);
  assert.ok(returned);
});

test("an iterable of bytes may have no end, and is closed where the consumer stops", async () => {
  let closed = false;
  function* endless() {
    try {
      for (let i = 0; ; i++) yield sampleBytes[i % sampleBytes.length];
    } finally {
      closed = true;
    }
  }
  const session = model.createSession();
  for await (const { witness } of session.stream(endless())) if (witness.step === 600) break;
  assert.ok(closed);
  const expected = model.createSession();
  for (let i = 0; i <= 600; i++) expected.step(sampleBytes[i % sampleBytes.length]);
  assert.equal(session.stats.logitsHash, expected.stats.logitsHash);
});

test("a signal ends a generation that still reads its prompt; without one the text is the same", async () => {
  const prompt = sampleText.repeat(20);
  const reason = new Error("enough");
  const begun = performance.now();
  await model.createSession().generate(prompt, { n: 4 });
  const whole = performance.now() - begun;
  const aborted = model.createSession().generate(prompt, { n: 4, signal: abortIn(whole / 10, reason) });
  const again = performance.now();
  await assert.rejects(async () => await aborted, reason);
  assert.ok(performance.now() - again < whole / 2);

  const plain = await model.createSession().generate(sampleText, { n: 40 });
  const heeded = await model.createSession().generate(sampleText, { n: 40, signal: new AbortController().signal });
  assert.equal(heeded, plain);
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

test("a generation is taken once: awaited, or iterated", async () => {
  const session = model.createSession();
  const taken = { name: "InputError", code: "bad_input", message: /^the generation was taken before/ };
  const iterate = async (generation) => {
    for await (const _ of generation);
  };
  const awaited = session.generate("a", { n: 5 });
  assert.equal(await awaited, await awaited);
  await assert.rejects(iterate(awaited), taken);
  assert.equal(session.stats.tokens, 6);
  const iterated = session.generate("a", { n: 5 });
  await iterate(iterated);
  await assert.rejects(iterate(iterated), taken);
  await assert.rejects(async () => iterated, taken);
  assert.equal(session.stats.tokens, 12);
});

test("generated tokens carry their logprobs and are those of the text", async () => {
  const options = { n: 60, temperature: 1.1, seed: 5, topK: 30, topP: 0.9 };
  const text = await model.createSession().generate("import ", options);
  const tokens = [];
  const session = model.createSession();
  for await (const drawn of session.generateTokens("import ", { ...options, logprobs: 4 })) tokens.push(drawn);
  assert.equal(Buffer.from(tokens.map(({ token }) => token)).toString(), text);
  const answers = model.createSession();
  let { probabilities } = answers.prefill("import ");
  for (const { token, logprob, top } of tokens) {
    assert.ok(Math.abs(logprob - Math.log(probabilities[token])) < 1e-5);
    assert.equal(top.length, 4);
    assert.equal(top[0].token, probabilities.indexOf(Math.max(...probabilities)));
    ({ probabilities } = answers.step(token));
  }
  assert.equal(session.stats.logitsHash, answers.stats.logitsHash);
});

test("speculation changes nothing but the time", async () => {
  const options = { n: 150, temperature: 0.5, seed: 2 };
  const [plain, speculating] = [model, model].map((m) => m.createSession({ policy: "dense" }));
  const text = await plain.generate(sampleText, options);
  assert.equal(await speculating.generate(sampleText, { ...options, speculative: true }), text);
  assert.deepEqual(speculating.stats, plain.stats);
  const replaying = model.createSession({ policy: "exact" });
  assert.equal(await replaying.generate(sampleText, { ...options, speculative: true }), text);
  assert.equal(replaying.stats.logitsHash, plain.stats.logitsHash);
  assert.equal(speculating.step(10).witness.hash, plain.step(10).witness.hash);
  const { tokens, rounds, drafted, accepted } = speculating.generateStats;
  assert.ok(tokens === 150 && rounds < 100 && accepted <= drafted && accepted === tokens - rounds);
  const gated = model.createSession();
  await assert.rejects(async () => gated.generate("a", { speculative: true }), { code: "option_out_of_range" });
});

test("generation refuses options out of range and obeys its signal", async () => {
  const session = model.createSession();
  for (const [options, words] of [
    [{ temperature: 11 }, /temperature is 11, allowed are 0 and 0.01 to 10/],
    [{ topK: 257 }, /topK is 257, allowed are integers 0 to 256/],
    [{ topP: 0 }, /topP is 0, allowed are numbers over 0 to 1/],
    [{ logprobs: 21 }, /logprobs is 21, allowed are integers 0 to 20/],
    [{ n: 1.5 }, /n is 1.5, allowed are integers 0 to/],
    [{ n: NaN }, /n is NaN/],
    [{ n: -1 }, /n is -1/],
    [{ seed: 1.5 }, /seed is 1.5/],
    [{ seed: -1 }, /seed is -1/],
    [{ seed: 2n ** 64n }, /seed is 18446744073709551616n, allowed are integers 0 to 2\^64 - 1/],
    [{ speculative: "off" }, /speculative is "off", allowed are true and false/],
    [{ topk: 3 }, /no option topk, known are .*topK/],
    [null, /options is null, expected is an object/],
  ]) {
    await assert.rejects(async () => session.generate("a", options), { code: "option_out_of_range", message: words });
  }
  assert.equal(session.stats.tokens, 0);
  const reason = new Error("enough");
  const signal = abortIn(30, reason);
  await assert.rejects(async () => session.generate("a", { n: 1e7, signal }), reason);
  await assert.rejects(async () => {
    for await (const _ of session.generateTokens("a", { n: 1e7, signal: abortIn(30, reason) }));
  }, reason);
});
