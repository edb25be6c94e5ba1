// The worker's pacer on a machine that is too busy: every look at the clock comes later than a whole turn.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { repository } from "./support/paths.mjs";

const web = createRequire(join(repository, "web/package.json"));

test("a turn that starts late still takes its bytes", { timeout: 10_000 }, async (t) => {
  const Pacer = await loadPacer();
  const channels = followChannels(t);
  let now = 0;
  t.mock.method(performance, "now", () => (now += 1000));
  let left = 3;
  await new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`the pacer stopped with ${left} of 3 bytes left`)), 5_000);
    const pacer = new Pacer({
      advance: () => (left > 0 ? (left--, 1) : 0),
      report: () => {
        if (left > 0) return;
        clearTimeout(late);
        pacer.rate = 0;
        resolve();
      },
    });
    pacer.rate = Infinity;
  });
  assert.equal(left, 0);
  assert.equal(channels.length, 1);
});

/** The message channels that are made from here on; closed after the test, as an open one keeps Node alive. */
function followChannels(t) {
  const channels = [];
  const Original = globalThis.MessageChannel;
  globalThis.MessageChannel = function MessageChannel() {
    const channel = new Original();
    channels.push(channel);
    return channel;
  };
  t.after(() => {
    globalThis.MessageChannel = Original;
    for (const { port1 } of channels) port1.close();
  });
  return channels;
}

/** The class as the page's build compiles it. */
async function loadPacer() {
  const { buildSync } = web("esbuild");
  const { outputFiles } = buildSync({
    entryPoints: [join(repository, "web/src/worker/pacer.ts")],
    bundle: true,
    format: "esm",
    write: false,
  });
  const source = Buffer.from(outputFiles[0].contents).toString("base64");
  return (await import(`data:text/javascript;base64,${source}`)).Pacer;
}
