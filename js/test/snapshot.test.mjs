// Snapshots of sessions: continued bit for bit, here, in a worker and in the other build; the wrong ones are refused.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DisposedError, SnapshotError, loadModel, loadModelInWorker } from "../dist/node.js";
import { microPath, modelPath, sampleBytes } from "./support.mjs";

let model;
let remote;
before(async () => {
  [model, remote] = await Promise.all([loadModel(modelPath), loadModelInWorker(modelPath)]);
});
after(() => {
  model.dispose();
  remote.dispose();
});

const [past, future] = [sampleBytes.subarray(0, 700), sampleBytes.subarray(700)];

/** Steps through `bytes`; returns all that shows where the session stands. */
function goOn(session, bytes) {
  for (const byte of bytes) session.step(byte);
  const { stats } = session;
  return { witness: session.step(10).witness.toJSON(), stats };
}

function sessionAt(bytes, options) {
  const session = model.createSession(options);
  for (const byte of bytes) session.step(byte);
  return session;
}

for (const options of [
  { policy: "dense" },
  { policy: "exact" },
  {},
  { policy: "permissive", memory: false },
  { tier: 2, window: 24 },
]) {
  test(`a restored session goes on with the same hashes: ${JSON.stringify(options)}`, () => {
    const session = sessionAt(past, options);
    const bytes = session.snapshot();
    const expected = goOn(session, future);

    const fresh = model.createSession(options);
    fresh.restore(bytes);
    assert.deepEqual(fresh.snapshot(), bytes);
    assert.deepEqual(goOn(fresh, future), expected);
    session.restore(bytes.buffer); // back to where it stood
    assert.deepEqual(goOn(session, future), expected);
    assert.deepEqual(session.snapshot(), fresh.snapshot());
  });
}

test("a snapshot is a copy that later steps do not change", () => {
  const session = sessionAt(past);
  const bytes = session.snapshot();
  const kept = bytes.slice();
  goOn(session, future);
  assert.deepEqual(bytes, kept);
});

test("both wasm builds write the same bytes and continue each other", async (t) => {
  if (model.build === "simd128") return t.skip("this Node runs the simd128 build only");
  const other = await loadModel(modelPath, { build: "simd128" });
  const [ours, theirs] = [sessionAt(past), other.createSession()];
  for (const byte of past) theirs.step(byte);
  assert.deepEqual(theirs.snapshot(), ours.snapshot());
  theirs.restore(ours.snapshot());
  assert.deepEqual(goOn(theirs, future), goOn(ours, future));
  other.dispose();
});

/** A refusal: its code, a part of its message, and a session that is as it was. */
function refused(session, bytes, code, message) {
  const before = session.snapshot();
  assert.throws(
    () => session.restore(bytes),
    (error) => {
      assert.ok(error instanceof SnapshotError);
      assert.equal(error.code, code);
      assert.match(error.message, message);
      return true;
    },
  );
  assert.deepEqual(session.snapshot(), before);
}

test("damaged bytes are refused and change nothing", () => {
  const good = sessionAt(past).snapshot();
  const session = sessionAt(future);
  const changed = (at, value) => Object.assign(good.slice(), { [at]: value });
  for (const at of [28, 500, good.length >> 1, good.length - 1]) {
    refused(session, changed(at, good[at] ^ 1), "bad_snapshot", /checksum [0-9a-f]{16}, it was written with/);
  }
  refused(session, changed(0, 77), "bad_snapshot", /not a snapshot: its first bytes are 4d 67 74 73/);
  refused(session, changed(8, 99), "snapshot_version", /format version 99, this build reads \d+/);
  for (const size of [good.length - 1, good.length >> 1, 28]) {
    const sizes = new RegExp(`snapshot of ${size} bytes, it was written with ${good.length}`);
    refused(session, good.subarray(0, size), "bad_snapshot", sizes);
  }
  refused(session, new Uint8Array(), "bad_snapshot", /snapshot of 0 bytes, the shortest has 28/);
  assert.deepEqual(goOn(session, past), goOn(sessionAt(future), past));
});

test("another model's and other options' snapshots are refused by name", async () => {
  const micro = await loadModel(microPath);
  const session = sessionAt(past);
  refused(session, micro.createSession().snapshot(), "snapshot_mismatch", /model is [0-9a-f]{16}, the session's is/);
  const other = (options) => model.createSession(options).snapshot();
  refused(
    session,
    other({ policy: "exact" }),
    "snapshot_mismatch",
    /policy was exact in .* and is default in this one/,
  );
  refused(session, other({ window: 24 }), "snapshot_mismatch", /window was 24 in .* and is \d+/);
  refused(session, other({ memory: false }), "snapshot_mismatch", /memory was 0 in .* and is 1/);
  refused(session, other({ tier: 1 }), "snapshot_mismatch", /tier was 1 in .* and is auto/);
  micro.dispose();
});

test("a disposed session neither saves nor restores", () => {
  const session = model.createSession();
  const bytes = session.snapshot();
  session.dispose();
  assert.throws(() => session.snapshot(), DisposedError);
  assert.throws(() => session.restore(bytes), DisposedError);
});

test("a worker's session writes the same bytes, continues ours, and refuses with the same error", async () => {
  const here = sessionAt(past);
  const there = await remote.createSession();
  for await (const _ of there.stream(past, { outputs: false }));
  const bytes = await there.snapshot();
  assert.deepEqual(bytes, here.snapshot());

  const continued = await remote.createSession();
  const mine = here.snapshot();
  await continued.restore(mine);
  assert.deepEqual(mine, bytes); // copied, not taken away from the caller
  for await (const _ of continued.stream(future, { outputs: false }));
  for (const byte of future) here.step(byte);
  assert.deepEqual(await continued.stats(), here.stats);
  assert.deepEqual((await continued.step(10)).witness.toJSON(), here.step(10).witness.toJSON());

  const before = await continued.snapshot();
  const cut = bytes.subarray(0, 100);
  await assert.rejects(continued.restore(cut), { name: "SnapshotError", code: "bad_snapshot" });
  const exact = model.createSession({ policy: "exact" }).snapshot();
  await assert.rejects(continued.restore(exact), { name: "SnapshotError", code: "snapshot_mismatch" });
  await assert.rejects(continued.restore(exact), SnapshotError);
  assert.deepEqual(await continued.snapshot(), before);
});
