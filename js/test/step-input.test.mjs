// What a step may be told beyond its token, and what of it is refused.
import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModel, loadModelInWorker } from "../dist/node.js";
import { modelBytes, sampleBytes } from "./support.mjs";

const model = await loadModel(modelBytes);

test("a step's input is checked by name and type, and refused as a whole", () => {
  const session = model.createSession();
  const before = session.step(65).witness.toJSON();
  const gate = { lambda: 5 };
  for (const [input, message] of [
    [null, "options is null, expected is an object"],
    [5, "options is 5, expected is an object"],
    [{ teir: 1 }, "there is no option teir, known are tier, gate, spike"],
    [{ tier: null }, "tier is null, allowed are integers 0 to 3"],
    [{ tier: "1" }, 'tier is "1", allowed are integers 0 to 3'],
    [{ gate: null }, "gate is null, expected is an object"],
    [{ gate: 1 }, "gate is 1, expected is an object"],
    [{ gate: { lamda: 5 } }, /^there is no option gate.lamda, known are lambda, /],
    [{ gate: { flags: Symbol("a") } }, "gate.flags is Symbol(a), allowed are integers 0 to 65535"],
    [{ gate, spike: {} }, "spike.fired is undefined, allowed are true and false"],
    [{ spike: { fired: 1 } }, "spike.fired is 1, allowed are true and false"],
    [{ spike: { fired: true, rate: 1 } }, /^there is no option spike.rate, known are fired, /],
    [{ spike: { fired: true, top: 5 } }, "spike.top is 5, expected is an array"],
    [{ spike: { fired: true, top: [null] } }, "spike.top is null, expected is an object"],
    [{ spike: { fired: true, top: [{ idx: 1 }] } }, "spike.top.wQ15 is undefined, allowed are integers 0 to 65535"],
    [{ spike: { fired: true, top: new Array(17).fill({ idx: 1, wQ15: 1 }) } }, /^spike.top.length is 17/],
  ]) {
    assert.throws(() => session.step(66, input), { name: "OptionError", code: "option_out_of_range", message });
  }
  assert.equal(session.stats.tokens, 1);
  assert.equal(session.step(66, {}).witness.previousHash, BigInt(`0x${before.hash}`));
});

test("undefined is the same as left out", () => {
  const [given, none] = [model.createSession(), model.createSession()];
  given.step(65, { tier: undefined, gate: undefined, spike: undefined });
  none.step(65);
  assert.equal(given.stats.logitsHash, none.stats.logitsHash);
});

test("the session's own spike packet says where the stream has been before", async () => {
  const line = new TextEncoder().encode("worker 7 is up and has nothing to say\n");
  const session = model.createSession();
  assert.deepEqual(session.spike().top, []);
  let view;
  for (const byte of [...line, ...line]) view = session.step(byte);
  const { fired, rateQ15, noveltyQ15, top } = session.spike();
  assert.deepEqual(
    [fired, rateQ15, noveltyQ15],
    [view.witness.spikeFired, view.witness.spikeRateQ15, view.witness.spikeNoveltyQ15],
  );
  assert.deepEqual(top[0], { idx: line.length, wQ15: 32767 });

  const worker = await loadModelInWorker(modelBytes);
  const there = await worker.createSession();
  await there.prefill(line);
  await there.prefill(line);
  assert.deepEqual((await there.spike()).top, top);
  worker.dispose();
});

test("a session says how far back it replays", () => {
  assert.equal(model.createSession({ policy: "exact" }).replay, 8192);
  assert.equal(model.createSession({ policy: "exact", replay: 64 }).replay, 64);
  assert.equal(model.createSession().replay, 0);
});

test("window mode keeps to a share of its multiply-adds", () => {
  const tokens = sampleBytes.subarray(0, model.config.contextLength);
  const run = (windowCapacity) => {
    const session = model.createSession({ windowCapacity });
    const logits = session.infer(tokens).logits.slice();
    return { logits, macs: session.windowMacs };
  };
  const whole = run(1);
  const part = run(0.75);
  assert.ok(part.macs <= 0.75 * whole.macs);
  assert.notDeepEqual(part.logits, whole.logits);
  assert.deepEqual(run(undefined), whole);
  for (const windowCapacity of [0, 1.5, NaN, "half"]) {
    assert.throws(() => model.createSession({ windowCapacity }), {
      code: "option_out_of_range",
      message: /windowCapacity is /,
    });
  }
});

test("window mode counts the multiply-adds of its last call", () => {
  const session = model.createSession();
  assert.equal(session.windowMacs, 0);
  session.infer("abcdefgh");
  const few = session.windowMacs;
  assert.ok(few > 0);
  session.infer("abcdefghijklmnopqrstuvwxyz");
  assert.ok(session.windowMacs > few);
});
