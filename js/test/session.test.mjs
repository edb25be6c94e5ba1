import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { loadModel } from "../dist/node.js";
import { modelPath, sampleBytes } from "./support.mjs";

let model;
before(async () => {
  model = await loadModel(modelPath);
});
after(() => model.dispose()); // sessions go with the instance

test("a step gives a distribution and a witness", () => {
  const session = model.createSession({ policy: "dense" });
  const { logits, probabilities, witness } = session.step(65);
  assert.equal(logits.length, 256);
  assert.ok(Math.abs(probabilities.reduce((sum, p) => sum + p, 0) - 1) < 1e-4);
  assert.equal(witness.step, 0);
  assert.equal(witness.token, 65);
  assert.equal(witness.tier, 0);
  assert.equal(witness.layersRun, model.config.nLayers);
  assert.equal(witness.topToken, probabilities.indexOf(Math.max(...probabilities)));
  assert.equal(witness.toJSON().hash, witness.hash.toString(16).padStart(16, "0"));
});

test("logits that no exit gave are the answer's logarithms, and reading them changes nothing", () => {
  const asked = model.createSession();
  const silent = model.createSession();
  for (const [i, byte] of sampleBytes.subarray(0, 60).entries()) {
    const input = { tier: i % 3 === 0 ? 0 : 3 };
    const { logits, probabilities, witness } = asked.step(byte, input);
    if (input.tier === 3) {
      for (let k = 0; k < 256; k++) assert.ok(Math.abs(logits[k] - Math.log(probabilities[k])) < 1e-4);
    }
    assert.equal(silent.step(byte, input).witness.hash, witness.hash);
  }
  assert.deepEqual(asked.snapshot(), silent.snapshot());
});

test("all steps share one view, and its arrays stay where they are", () => {
  const session = model.createSession();
  const first = session.step(1);
  const { logits, probabilities } = first;
  for (const byte of sampleBytes) {
    const view = session.step(byte);
    assert.equal(view, first);
    assert.equal(view.logits, logits);
    assert.equal(view.probabilities, probabilities);
  }
  assert.equal(session.stats.tokens, sampleBytes.length + 1);
});

test("the witness chain links every step to the one before", () => {
  const session = model.createSession();
  let previous = model.hash;
  for (const byte of sampleBytes.subarray(0, 200)) {
    const { witness } = session.step(byte);
    assert.equal(witness.previousHash, previous);
    previous = witness.hash;
  }
});

test("prefill leaves what stepping at tier 0 leaves", () => {
  const stepped = model.createSession({ tier: 0 });
  const filled = model.createSession({ tier: 0 });
  for (const byte of sampleBytes) stepped.step(byte);
  filled.prefill(sampleBytes);
  assert.equal(filled.stats.logitsHash, stepped.stats.logitsHash);
  assert.deepEqual(filled.step(65).probabilities.slice(), stepped.step(65).probabilities.slice());
});

test("a prefill longer than the input buffer is the same in pieces", () => {
  const whole = model.createSession({ tier: 0 });
  const pieces = model.createSession({ tier: 0 });
  const long = new Uint8Array(5000).map((_, i) => sampleBytes[i % sampleBytes.length]);
  whole.prefill(long);
  pieces.prefill(long.subarray(0, 100));
  pieces.prefill(long.subarray(100));
  assert.equal(whole.stats.tokens, 5000);
  assert.equal(whole.stats.logitsHash, pieces.stats.logitsHash);
});

test("logits after a push are the dense ones in exact mode", () => {
  const dense = model.createSession({ policy: "dense" });
  const asked = model.createSession({ policy: "exact" });
  for (let at = 0; at < 240; at += 24) {
    const part = sampleBytes.subarray(at, at + 24);
    const wanted = dense.prefill(part).logits.slice();
    const { witness } = asked.push(part);
    assert.equal(witness.tier, 3);
    const { step } = witness;
    const view = asked.logits();
    assert.deepEqual(view.logits.slice(), wanted);
    assert.equal(view.witness.step, step);
    assert.equal(view.witness.tier, 0);
  }
  assert.equal(asked.stats.tokens, 240);
  assert.ok(asked.stats.layersRun <= dense.stats.layersRun);
});

test("logits of an untouched session and a push of nothing are refused", () => {
  const session = model.createSession();
  assert.throws(() => session.logits(), { code: "empty_input" });
  assert.throws(() => session.push(""), { code: "empty_input" });
});

test("infer depends on its window alone and leaves the stream unchanged", () => {
  const session = model.createSession();
  session.prefill(sampleBytes.subarray(0, 50));
  const { logitsHash } = session.stats;
  const window = sampleBytes.subarray(0, model.config.contextLength);
  const first = session.infer(window).logits.slice();
  session.infer("something else", 2);
  assert.deepEqual(session.infer(window).logits.slice(), first);
  assert.equal(session.stats.logitsHash, logitsHash);
});

test("a tier and packets can come from outside", () => {
  const session = model.createSession({ policy: "dense" });
  assert.equal(session.step(65, { tier: 2 }).witness.tier, 2);
  const gate = { lambda: 40000, lambdaPrev: 39000, boundaryEdges: 7, partitionCount: 2, flags: 2 };
  const spike = { fired: true, rateQ15: 100, noveltyQ15: 200, top: [{ idx: 1, wQ15: 3 }] };
  const { witness } = session.step(66, { gate, spike });
  assert.equal(witness.lambda, 40000);
  assert.equal(witness.lambdaPrev, 39000);
  assert.equal(witness.boundaryEdges, 7);
  assert.equal(witness.tier, 3);
  assert.equal(witness.spikeRateQ15, 100);
});

test("the same input gives the same bits again after reset", () => {
  const session = model.createSession();
  const run = () => {
    for (const byte of sampleBytes) session.step(byte);
    return session.stats.logitsHash;
  };
  const first = run();
  session.reset();
  assert.equal(session.stats.tokens, 0);
  assert.equal(run(), first);
});

test("views survive the growth of the heap", () => {
  const session = model.createSession();
  const view = session.step(65);
  const kept = view.probabilities.slice();
  const others = [];
  const before = model.heapBytes;
  while (model.heapBytes === before) others.push(model.createSession({ memoryBytes: 1 << 24 }));
  assert.deepEqual(view.probabilities.slice(), kept);
  assert.equal(view.witness.token, 65);
  for (const other of others) other.dispose();
});

test("the plan adds up, and options that do not fit are refused by name", () => {
  const { totalBytes, ...parts } = model.plan();
  const sum = Object.values(parts).reduce((a, b) => a + b, 0);
  assert.ok(totalBytes >= sum && totalBytes < sum + 8192, `${totalBytes} for parts of ${sum}`);
  const refused = (options, code, message) =>
    assert.throws(() => model.createSession(options), { name: "OptionError", code, message });
  refused({ window: 1000 }, "window_out_of_range", /1000 tokens.*8 to 64/);
  refused({ memoryBytes: 5 }, "option_out_of_range", /5.*262144/);
  refused({ policy: "reckless" }, "option_out_of_range", /reckless.*dense/);
  refused({ tier: 4 }, "option_out_of_range", /tier is 4/);
  refused({ custom: { exitConfidence: 7 } }, "option_out_of_range", /7/);
  refused({ custom: { exitConfidenc: 0.7 } }, "option_out_of_range", /exitConfidenc/);
  refused({ custom: { energyMax: "0.1" } }, "option_out_of_range", /custom.energyMax is "0.1", allowed are numbers/);
  refused({ memory: "off" }, "option_out_of_range", /memory is "off", allowed are true and false/);
  refused({ timing: 1 }, "option_out_of_range", /timing is 1/);
  refused({ deadlineUs: NaN }, "option_out_of_range", /deadlineUs is NaN, allowed are numbers/);
  refused({ deadlineUs: 9, stepBoundsUs: [1, 2, 3] }, "option_out_of_range", /stepBoundsUs is 1,2,3, expected are 4/);
  refused({ stepBoundUs: [4, 3, 2, 1] }, "option_out_of_range", /no option stepBoundUs, known are .*stepBoundsUs/);
  refused({ Policy: "dense" }, "option_out_of_range", /no option Policy/);
  refused({ policy: "exact", custom: {} }, "option_out_of_range", /policy is "exact", it needs policy "custom"/);
  refused("exact", "option_out_of_range", /options is "exact"/);
  refused(null, "option_out_of_range", /options is null, expected is an object/);
  refused({ memoryBytes: 5 }, "option_out_of_range", /^memoryBytes is 5, /);
  assert.throws(() => model.plan(null), { name: "OptionError" });
});

test("a deadline bounds every step; its bounds are measured where none are given", () => {
  const stepBoundsUs = [40, 20, 10, 2];
  for (const [deadlineUs, deepest] of [
    [40, 0],
    [25, 1],
    [10, 2],
    [1, 3],
  ]) {
    const session = model.createSession({ policy: "dense", deadlineUs, stepBoundsUs });
    assert.equal(session.deadlineTier, deepest);
    for (const byte of sampleBytes.subarray(0, 50)) {
      const { tier, reason } = session.step(byte).witness;
      assert.equal(tier, deepest);
      assert.equal(reason, deepest === 0 ? "None" : "Deadline");
    }
  }
  const measured = model.createSession({ deadlineUs: 1e6 });
  assert.equal(measured.deadlineTier, 0);
  const bounds = measured.options.stepBoundsUs;
  assert.equal(bounds.length, 4);
  assert.ok(bounds.every((us) => us > 0 && us < 1e6) && bounds[3] < bounds[0], bounds.join(" "));
  assert.ok(model.plan({ deadlineUs: 1e6 }).totalBytes > 0);
  const bad = { deadlineUs: -1, stepBoundsUs };
  assert.throws(() => model.createSession(bad), {
    code: "option_out_of_range",
    message: /^deadlineUs is -1, allowed are 0 to/,
  });
});

test("bounds are measured with the replay that the session will have", () => {
  const { createSession } = model;
  const replayOf = (options) => {
    const asked = [];
    model.createSession = (given) => {
      if (given.policy === "custom") asked.push(given.replay);
      return createSession.call(model, given);
    };
    createSession.call(model, { deadlineUs: 1e6, ...options });
    delete model.createSession;
    return asked;
  };
  assert.deepEqual(replayOf({ policy: "exact" }), [8192, 8192, 8192, 8192]);
  assert.deepEqual(replayOf({ policy: "exact", replay: 64 }), [64, 64, 64, 64]);
  assert.deepEqual(replayOf({ policy: "exact", replay: 0 }), [0, 0, 0, 0]);
  assert.deepEqual(replayOf({ policy: "dense" }), [0, 0, 0, 0]);
});

test("the gate asks for energies, and the witness shows them", () => {
  const { energyMax, memoryConfidence } = model.createSession().gatePolicy;
  assert.ok(energyMax > 0 && memoryConfidence > 1, "the shipped model has an energy");
  const session = model.createSession({ custom: { energyMax: 0.02 } });
  const early = ["MemoryHit", "LowRisk"];
  for (const byte of sampleBytes.subarray(0, 400)) {
    const { energy, threshold, reason } = session.step(byte).witness;
    if (reason !== "KillSwitch") assert.equal(energy <= threshold, early.includes(reason), `${energy} ${reason}`);
  }
  assert.ok(session.stats.tiers[3] > 0 && session.stats.tiers[0] > 0);
  const refused = { custom: { energyMax: 0.1 }, memory: false };
  assert.throws(() => model.createSession(refused), { code: "option_out_of_range", message: /without memory/ });
});

test("warmup leaves the stream alone, timing is reported on request", () => {
  const session = model.createSession({ timing: true });
  session.warmup();
  assert.equal(session.stats.tokens, 0);
  assert.equal(session.stats.p50Us, undefined);
  for (const byte of sampleBytes.subarray(0, 100)) session.step(byte);
  const { p50Us, p99Us } = session.stats;
  assert.ok(p50Us > 0 && p99Us >= p50Us);
});
