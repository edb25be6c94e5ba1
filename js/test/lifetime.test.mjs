import assert from "node:assert/strict";
import { test } from "node:test";
import { DisposedError, MgtError, loadModel } from "../dist/node.js";
import { modelBytes, modelPath, runProgram } from "./support.mjs";

const model = await loadModel(modelBytes);

test("1000 sessions come and go without the heap growing", () => {
  const policies = Array.from({ length: 10 }, (_, i) => (i === 9 ? "default" : "exact")); // the latter are quick to make
  for (const policy of policies) model.createSession({ policy }).dispose();
  const before = model.heapBytes;
  for (let i = 0; i < 1000; i++) {
    const session = model.createSession({ policy: policies[i % 10] });
    session.step(i & 255);
    session.dispose();
  }
  assert.equal(model.heapBytes, before);
});

test("20 models come and go in one instance's memory each", async () => {
  const sizes = new Set();
  for (let i = 0; i < 20; i++) {
    const other = await loadModel(modelBytes);
    sizes.add(other.heapBytes);
    other.dispose();
  }
  assert.equal(sizes.size, 1);
});

test("refused sessions leave nothing behind", () => {
  const before = model.heapBytes;
  for (let i = 0; i < 1000; i++) assert.throws(() => model.createSession({ window: 1 + (i & 3) }), MgtError);
  assert.equal(model.heapBytes, before);
});

test("every call after dispose throws DisposedError, dispose itself does not", async () => {
  const session = model.createSession();
  const view = session.step(1);
  const window = session.infer("a");
  session.dispose();
  session.dispose();
  assert.equal(session.disposed, true);
  const calls = [
    () => session.step(1),
    () => session.prefill("a"),
    () => session.infer("a"),
    () => view.logits,
    () => view.probabilities,
    () => view.witness.step,
    () => view.witness.reason,
    () => view.witness.toJSON(),
    () => window.probabilities,
    () => session.stats,
    () => session.reset(),
    () => session.warmup(),
    () => session.gatePolicy,
  ];
  for (const call of calls) assert.throws(call, (error) => error instanceof DisposedError && error.code === "disposed");
  await assert.rejects(session.stream("a").next(), DisposedError);
  await assert.rejects(async () => session.generate("a"), DisposedError);
});

test("Symbol.dispose works where the engine has it", () => {
  const session = model.createSession();
  if (Symbol.dispose) session[Symbol.dispose]();
  else session.dispose();
  assert.equal(session.disposed, true);
});

test("a session outlives its model's dispose; the model then makes no more", async () => {
  const other = await loadModel(modelBytes);
  const session = other.createSession();
  other.dispose();
  assert.equal(session.step(65).witness.step, 0);
  assert.throws(() => other.createSession(), DisposedError);
});

const collecting = ["--expose-gc", "--input-type=module", "-e"];
const loading = `import { loadModel } from ${JSON.stringify(new URL("../dist/node.js", import.meta.url).href)};
    const model = await loadModel(${JSON.stringify(modelPath)});
    const collect = async () => {
      gc();
      await new Promise((resolve) => setTimeout(resolve, 1));
    };`;

test("sessions that are dropped without dispose are freed when they are collected", () => {
  const script = `${loading}
    for (let i = 0; i < 200; i++) {
      model.createSession().step(i);
      if (i % 10 === 9) await collect();
    }
    console.log(model.heapBytes);`;
  const heapBytes = Number(runProgram(process.execPath, [...collecting, script]).stdout);
  const kept = model.heapBytes + 40 * model.plan().totalBytes;
  assert.ok(heapBytes > 0 && heapBytes < kept, `${heapBytes} bytes, ${kept} allowed`);
});

test("a view that outlives the last mention of its session still shows that session's answer", () => {
  const script = `${loading}
    for (let i = 0; i < 40; i++) model.createSession(); // room for all that follow: growth would empty the arrays
    await collect();
    const viewsOf = (token) => {
      const view = model.createSession().step(token);
      return [view.witness, view.probabilities, view.logits];
    };
    const [witness, probabilities, logits] = [viewsOf(65)[0], viewsOf(66)[1], viewsOf(67)[2]];
    const shown = () => [witness.token, witness.hash, ...probabilities, ...logits].join();
    const before = shown();
    for (let round = 0; round < 10; round++) {
      await collect();
      model.createSession().step(200 + round);
    }
    console.log(shown() === before);`;
  assert.equal(runProgram(process.execPath, [...collecting, script]).stdout.trim(), "true");
});
