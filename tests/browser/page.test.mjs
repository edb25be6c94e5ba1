// The demo page in every browser of this machine: the same bits as the native program, the right build, no errors, and
// everything by keyboard. Figures of each browser go to build/bench/browser-NAME.json. MGT_BROWSERS=chromium,webkit picks.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { browsers } from "./support/browsers.mjs";
import { runNative } from "./support/native.mjs";
import { DemoPage } from "./support/page.mjs";
import { catalog, repository, site } from "./support/paths.mjs";
import { serve } from "./support/server.mjs";

const stream = "dpkg.log";
const streamBytes = 20_000;
const benchSteps = 2_000;
const timeout = 900_000;
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

const wanted = process.env.MGT_BROWSERS?.split(",");
for (const { name, arch, missing, open } of browsers.filter(({ name }) => wanted?.includes(name) ?? true)) {
  describe(name, { skip: missing ?? false, timeout }, () => {
    let browser, server, page;

    before(async () => {
      server = await serve(site);
      browser = await open();
      page = new DemoPage(browser);
    });
    after(async () => {
      await browser?.close();
      server?.stop();
    });

    test("streams with the native program's bits", { timeout }, async () => {
      await page.open(`${server.url}?run&stream=${stream}&bytes=${streamBytes}&speed=full&policy=default&dense=off`);
      await page.until(`document.documentElement.dataset.state === "done"`, "the stream is read");
      assert.equal(await page.text("gated-hash"), native("default", streamBytes).logits_hash);
      assert.deepEqual(browser.problems(), []);
      assert.equal(await page.alert(), "");
    });

    test(`runs the ${arch} build`, async () => {
      assert.equal(await page.evaluate(`document.getElementById("engine").dataset.arch`), arch);
    });

    test("shows any witness by keyboard alone", async () => {
      await browser.press("Tab");
      assert.equal(await page.focused(), "skip-link");
      assert.notEqual(await page.ring(), "none");
      await browser.press("Enter");
      assert.equal(await page.focused(), "stream");
      assert.notEqual(await page.ring(), "none");
      await browser.press("ArrowLeft");
      await page.until(which(`of byte ${streamBytes - 2}`), "the arrow key goes to the byte before the last");
      await browser.press("Home");
      await page.until(`!${which(`of byte ${streamBytes - 2}`)}`, "Home goes to the start of the line");
      assert.match(await page.text("spoken"), /tier [0-3], \d+ of \d layers/);
      await browser.press("Escape");
      await page.until(which("of the latest byte"), "Esc follows");
      assert.equal(await page.evaluate(`document.querySelectorAll("#witness .value").length`), 31);
    });

    test("reads what is typed", async () => {
      await page.open(`${server.url}?stream=own&speed=full`);
      assert.equal(await page.evaluate(`document.getElementById("empty").hidden`), false);
      await page.focus("own-text");
      await browser.type("hello ");
      await browser.type("hello");
      await page.until(
        `document.getElementById("witness-summary").textContent.startsWith("“o”")`,
        "the last byte is read",
      );
      assert.deepEqual(browser.problems(), []);
    });

    test("runs, pauses and steps from the stream", async () => {
      await page.open(`${server.url}?stream=${stream}&speed=60`);
      await page.focus("stream");
      await browser.press(".");
      await page.until(`document.getElementById("witness-which").textContent !== ""`, "a step is taken");
      await browser.press("Space");
      await page.until(`document.documentElement.dataset.state === "running"`, "Space runs");
      await browser.press("Space");
      await page.until(`document.documentElement.dataset.state === "ready"`, "Space pauses");
      assert.equal(await page.text("play"), "Run");
    });

    test("completes a line", { timeout }, async () => {
      await page.open(`${server.url}?run&stream=${stream}&bytes=2000&speed=full&dense=off`);
      await page.until(`document.documentElement.dataset.state === "done"`, "the stream is read");
      await page.focus("complete-text");
      await browser.type("2026-");
      await page.until(`document.querySelector("#complete-ghost .suggestion")?.textContent`, "a completion comes");
      const suggestion = await page.evaluate(`document.querySelector("#complete-ghost .suggestion").textContent`);
      await browser.press("ArrowRight");
      assert.equal(await page.evaluate(`document.getElementById("complete-text").value`), `2026-${suggestion}`);
    });

    test("measures", { timeout }, async () => {
      await page.open(`${server.url}?bench=${benchSteps}&stream=${stream}&policy=default`);
      await page.until(`document.getElementById("bench-json").dataset.state === "done"`, "the benchmark ends");
      const figures = JSON.parse(await page.text("bench-json"));
      assert.equal(figures.dense.logits_hash, native("dense", benchSteps).logits_hash);
      assert.equal(figures.gated.logits_hash, native("default", benchSteps).logits_hash);
      const folder = join(repository, "build/bench");
      mkdirSync(folder, { recursive: true });
      const record = { browser: name, version: browser.version, ...figures };
      writeFileSync(join(folder, `browser-${name}.json`), `${JSON.stringify(record, null, 2)}\n`);
      assert.deepEqual(browser.problems(), []);
    });

    test("says what is wrong with a broken model", async () => {
      const folder = mkdtempSync(join(tmpdir(), "mgt-page-"));
      cpSync(site, folder, { recursive: true });
      truncateSync(join(folder, model.url), 100_000);
      const broken = await serve(folder);
      try {
        await page.open(broken.url);
        assert.equal(await page.state(), "error");
        assert.match(await page.alert(), /The model file cannot be used/);
        assert.match(await page.alert(), /ModelError \(truncated\)/);
      } finally {
        broken.stop();
        rmSync(folder, { recursive: true });
      }
    });
  });
}

/** True in the page where the witness panel shows this step. */
function which(expected) {
  return `(document.getElementById("witness-which").textContent === ${JSON.stringify(expected)})`;
}
