// The demo page in every browser of this machine: the same bits as the native program, the right build, no errors, and
// everything by keyboard.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { inEveryBrowser, timeout } from "./support/each-browser.mjs";
import { runNative } from "./support/native.mjs";
import { catalog, repository, site } from "./support/paths.mjs";
import { serve } from "./support/server.mjs";

const stream = "dpkg.log";
const streamBytes = 20_000;
const model = catalog().models[0];
const bytes = readFileSync(join(repository, "bench/streams", stream));

/** One native run per question, however many browsers ask. */
const asked = new Map();
function native(policy, count) {
  const key = `${policy} ${count}`;
  if (!asked.has(key)) {
    asked.set(key, runNative({ bytes: bytes.subarray(0, count), model: join(site, model.url), policy }));
  }
  return asked.get(key);
}

inEveryBrowser((here) => {
  test("streams with the native program's bits", { timeout }, async () => {
    await here.page.open(`${here.url}?run&stream=${stream}&bytes=${streamBytes}&speed=full&policy=default&dense=off`);
    await here.page.until(`document.documentElement.dataset.state === "done"`, "the stream is read");
    assert.equal(await here.page.text("gated-hash"), native("default", streamBytes).logits_hash);
    assert.deepEqual(here.browser.problems(), []);
    assert.equal(await here.page.alert(), "");
  });

  test(`runs the ${here.arch} build`, async () => {
    assert.equal(await here.page.evaluate(`document.getElementById("engine").dataset.arch`), here.arch);
  });

  test("shows any witness by keyboard alone", async () => {
    await here.browser.press("Tab");
    assert.equal(await here.page.focused(), "skip-link");
    assert.notEqual(await here.page.ring(), "none");
    await here.browser.press("Enter");
    assert.equal(await here.page.focused(), "stream");
    assert.notEqual(await here.page.ring(), "none");
    await here.browser.press("ArrowLeft");
    await here.page.until(which(`of byte ${streamBytes - 2}`), "the arrow key goes to the byte before the last");
    await here.browser.press("Home");
    await here.page.until(`!${which(`of byte ${streamBytes - 2}`)}`, "Home goes to the start of the line");
    assert.match(await here.page.text("spoken"), /tier [0-3], \d+ of \d layers/);
    await here.browser.press("Escape");
    await here.page.until(which("of the latest byte"), "Esc follows");
    assert.equal(await here.page.evaluate(`document.querySelectorAll("#witness .value").length`), 31);
  });

  test("reads what is typed", async () => {
    await here.page.open(`${here.url}?stream=own&speed=full`);
    assert.equal(await here.page.evaluate(`document.getElementById("empty").hidden`), false);
    await here.page.focus("own-text");
    await here.browser.type("hello ");
    await here.browser.type("hello");
    await here.page.until(
      `document.getElementById("witness-summary").textContent.startsWith("“o”")`,
      "the last byte is read",
    );
    assert.deepEqual(here.browser.problems(), []);
  });

  test("runs, pauses and steps from the stream", async () => {
    await here.page.open(`${here.url}?stream=${stream}&speed=60`);
    await here.page.focus("stream");
    await here.browser.press(".");
    await here.page.until(`document.getElementById("witness-which").textContent !== ""`, "a step is taken");
    await here.browser.press("Space");
    await here.page.until(`document.documentElement.dataset.state === "running"`, "Space runs");
    await here.browser.press("Space");
    await here.page.until(`document.documentElement.dataset.state === "ready"`, "Space pauses");
    assert.equal(await here.page.text("play"), "Run");
  });

  test("completes a line", { timeout }, async () => {
    await here.page.open(`${here.url}?run&stream=${stream}&bytes=2000&speed=full&dense=off`);
    await here.page.until(`document.documentElement.dataset.state === "done"`, "the stream is read");
    await here.page.focus("complete-text");
    await here.browser.type("2026-");
    await here.page.until(`document.querySelector("#complete-ghost .suggestion")?.textContent`, "a completion comes");
    const suggestion = await here.page.evaluate(`document.querySelector("#complete-ghost .suggestion").textContent`);
    await here.browser.press("ArrowRight");
    assert.equal(await here.page.evaluate(`document.getElementById("complete-text").value`), `2026-${suggestion}`);
  });

  test("says what is wrong with a broken model", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mgt-page-"));
    cpSync(site, folder, { recursive: true });
    truncateSync(join(folder, model.url), 100_000);
    const broken = await serve(folder);
    try {
      await here.page.open(broken.url);
      assert.equal(await here.page.state(), "error");
      assert.match(await here.page.alert(), /The model file cannot be used/);
      assert.match(await here.page.alert(), /ModelError \(truncated\)/);
    } finally {
      broken.stop();
      rmSync(folder, { recursive: true });
    }
  });
});

/** True in the page where the witness panel shows this step. */
function which(expected) {
  return `(document.getElementById("witness-which").textContent === ${JSON.stringify(expected)})`;
}
