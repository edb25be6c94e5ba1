import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import { InputError, loadModel } from "../dist/node.js";
import { modelBytes } from "./support.mjs";

const model = await loadModel(modelBytes);
const session = model.createSession();

test("tokens that are no bytes are refused and change nothing", () => {
  session.step(65);
  const before = session.stats;
  for (const token of [256, -1, 3.5, NaN, 2 ** 32, Infinity, "65", undefined, null, 5n, Symbol("a"), [65]]) {
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
  for (const input of [Symbol("a"), null, {}, Object.create(null), new DataView(new ArrayBuffer(4))]) {
    assert.throws(() => session.prefill(input), { name: "InputError", code: "bad_input" });
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
