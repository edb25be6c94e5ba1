// The page's benchmark: its result is about what was measured, and no byte is read twice. Figures of each browser go to
// build/bench/browser-NAME.json.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { inEveryBrowser, timeout } from "./support/each-browser.mjs";
import { runNative } from "./support/native.mjs";
import { catalog, repository, site } from "./support/paths.mjs";

const stream = "dpkg.log";
const steps = 2_000;
const { models } = catalog();
const hashOf = (policy) => {
  const bytes = readFileSync(join(repository, "bench/streams", stream)).subarray(0, steps);
  return runNative({ bytes, model: join(site, models[0].url), policy }).logits_hash;
};
const finished = `document.getElementById("bench-json").dataset.state === "done"`;
const running = `document.getElementById("bench-json").dataset.state === "running"`;
const canMeasure = `!document.getElementById("bench-run").disabled`;

inEveryBrowser((here) => {
  const result = async () => {
    await here.page.until(finished, "the benchmark ends");
    return JSON.parse(await here.page.text("bench-json"));
  };

  test("measures the native program's steps", { timeout }, async () => {
    await here.page.open(`${here.url}?bench=${steps}&stream=${stream}&policy=default`);
    const figures = await result();
    assert.equal(figures.dense.logits_hash, hashOf("dense"));
    assert.equal(figures.gated.logits_hash, hashOf("default"));
    const folder = join(repository, "build/bench");
    mkdirSync(folder, { recursive: true });
    const record = { browser: here.name, version: here.browser.version, ...figures };
    writeFileSync(join(folder, `browser-${here.name}.json`), `${JSON.stringify(record, null, 2)}\n`);
    assert.deepEqual(here.browser.problems(), []);
  });

  test("the result names what was measured, not what was chosen meanwhile", { timeout }, async () => {
    const { page } = here;
    await page.open(`${here.url}?bench=20000&stream=${stream}`);
    await page.until(running, "the benchmark runs");
    await page.choose("source", "heartbeat.log");
    assert.equal(await page.evaluate(running), true);
    const { model, stream: measured } = await result();
    assert.deepEqual([model, measured], ["mgt-baseline", stream]);
    assert.match(await page.text("bench-note"), /^mgt-baseline \(default, .*\) on dpkg\.log: /);
  });

  test("a measurement ends with its model", { timeout }, async () => {
    const { page } = here;
    await page.open(`${here.url}?bench=100000&stream=${stream}`);
    await page.until(running, "the benchmark runs");
    await page.choose("model", models[1].id);
    assert.equal(await page.evaluate(canMeasure), false);
    assert.match(await page.text("bench-note"), /Nothing was measured/);
    await page.until(canMeasure, "the other model is there");
    await page.evaluate(`(document.getElementById("bench-steps").value = "640")`);
    await page.click("bench-run");
    const { model, steps: taken } = await result();
    assert.deepEqual([model, taken], ["mgt-micro", 640]);
    assert.equal(await page.alert(), "");
  });

  test("reads a short text once", { timeout }, async () => {
    const { page } = here;
    const text = "a text of less than 4000 bytes\n".repeat(3);
    await page.open(`${here.url}?stream=own&speed=full`);
    await page.drop("short.txt", text);
    await page.until(`document.documentElement.dataset.state === "done"`, "the text is read");
    await page.click("bench-run");
    const { steps_asked, stream_bytes, ...figures } = await result();
    assert.deepEqual([figures.steps, stream_bytes, steps_asked], [text.length, text.length, 4000]);
    assert.match(await page.text("bench-note"), /All 93 bytes were read once, fewer than the 4,000 asked for/);
  });

  test("says what the address asks for in vain", { timeout }, async () => {
    const { page } = here;
    const wishes = "stream=no.log&model=no&policy=no&speed=7&bytes=all&bench=10";
    await page.open(`${here.url}?${wishes}`);
    const said = await page.text("address-notes");
    for (const wish of wishes.split("&")) assert.ok(said.includes(`${wish} is `), `${wish} in “${said}”`);
    assert.equal((await result()).steps, 64);
    await page.open(`${here.url}?bench=64&stream=${stream}`);
    assert.equal(await page.evaluate(`document.getElementById("address-notes").hidden`), true);
  });
});
