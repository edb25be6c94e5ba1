// What the user chooses is what runs: streams, models and own texts in any order, over a slow or broken network.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { inEveryBrowser, timeout } from "./support/each-browser.mjs";
import { Gate } from "./support/gate.mjs";
import { runNative } from "./support/native.mjs";
import { catalog, repository, site } from "./support/paths.mjs";

const { models } = catalog();
const firstLine = (stream) => readFileSync(join(repository, "bench/streams", stream), "utf8").slice(0, 40);
const done = `document.documentElement.dataset.state === "done"`;

/** The native program's hash of a text's logits. */
function hashOf(text, model = models[0]) {
  return runNative({ bytes: Buffer.from(text), model: join(site, model.url), policy: "default" }).logits_hash;
}

inEveryBrowser((here) => {
  let gate;
  before(async () => (gate = await Gate.before(here.url)));
  after(() => gate?.stop());

  test("an own text goes on only from itself", { timeout }, async () => {
    const { page } = here;
    const short = "alpha beta gamma\n";
    const long = `${short}delta epsilon zeta eta theta\n`;
    await page.open(`${here.url}?stream=own&speed=full&dense=off`);
    await page.drop("v1.txt", short);
    await page.until(done, "the first text is read");
    await page.choose("source", "dpkg.log");
    await page.until(page.shows(firstLine("dpkg.log")), "the sample stream is there");
    await page.drop("v2.txt", long);
    await page.until(done, "the second text is read");
    assert.equal(await page.text("gated-hash"), hashOf(long));
  });

  test("an own text that grows is read to its end", { timeout }, async () => {
    const { page } = here;
    const long = "alpha beta gamma\ndelta\n";
    await page.open(`${here.url}?stream=own&speed=full&dense=off`);
    await page.drop("v1.txt", "alpha beta gamma\n");
    await page.until(done, "the first text is read");
    await page.drop("v2.txt", long);
    await page.until(`document.getElementById("gated-hash").textContent === "${hashOf(long)}"`, "the rest is read");
  });

  test("of two streams the one chosen last is read, whichever comes first", { timeout }, async () => {
    const { page } = here;
    await page.open(`${gate.url}?stream=dpkg.log`);
    const slow = gate.hold("streams/telemetry.log");
    await page.choose("source", "telemetry.log");
    await slow.asked;
    await page.choose("source", "heartbeat.log");
    await page.until(page.shows(firstLine("heartbeat.log")), "the later stream is there");
    await slow.release();
    assert.equal(await page.evaluate(page.shows(firstLine("heartbeat.log"))), true);
    assert.equal(await page.evaluate(`document.getElementById("source").value`), "heartbeat.log");
  });

  test("of two models the one chosen last runs, whichever comes first", { timeout }, async () => {
    const { page } = here;
    const [first, second] = models;
    const slow = gate.hold(first.url);
    await here.browser.goto(`${gate.url}?stream=dpkg.log&bytes=2000&run&speed=full&dense=off`);
    await slow.asked;
    await page.choose("model", second.id);
    await page.until(done, "the stream is read by the later model");
    const shown = await page.text("engine");
    await slow.release();
    assert.equal(await page.text("engine"), shown);
    const bytes = readFileSync(join(repository, "bench/streams/dpkg.log")).subarray(0, 2000);
    assert.equal(await page.text("gated-hash"), hashOf(bytes, second));
    assert.equal(await page.alert(), "");
  });

  test("a stream that cannot be had is named, and not taken for the one that is read", { timeout }, async () => {
    const { page } = here;
    gate.refuse("streams/tests.log");
    await page.open(`${gate.url}?stream=dpkg.log`);
    await page.untilQuiet(); // or there would be no stream to go back to
    await page.choose("source", "tests.log");
    await page.until(`!document.getElementById("alert").hidden`, "the page says what is wrong");
    assert.match(await page.alert(), /A file could not be read/);
    assert.match(await page.alert(), /LoadError \(load_failed\): streams\/tests\.log/);
    assert.equal(await page.evaluate(`document.getElementById("source").value`), "dpkg.log");
    await page.choose("source", "heartbeat.log");
    await page.untilQuiet();
    here.browser.problems(); // the browser reports the broken connection as well
  });

  test("what is wrong with a file is said until there is a good one", async () => {
    const { page } = here;
    await page.open(`${here.url}?stream=own`);
    await page.drop("long.txt", "x".repeat(600 * 1024));
    assert.match(await page.alert(), /This file is too long/);
    await page.drop("good.txt", "good\n");
    await page.untilQuiet();
  });

  test("a file that a text box cannot hold is told apart", async () => {
    const { page } = here;
    await page.open(`${here.url}?stream=own`);
    await page.drop("unix.txt", "one\ntwo\n");
    await page.until(page.says("own-note", "unix.txt"), "the file is named");
    assert.doesNotMatch(await page.text("own-note"), /cannot hold/);
    await page.drop("dos.txt", "one\r\ntwo\r\n");
    await page.until(page.says("own-note", "dos.txt"), "the file is named");
    assert.match(await page.text("own-note"), /cannot hold all of its bytes/);
  });

  test("the same file can be opened again", async () => {
    const { page } = here;
    await page.open(`${here.url}?stream=own`);
    await page.pick("own-file", "notes.txt", "first\n");
    await page.until(page.says("own-note", "notes.txt"), "the file is named");
    assert.equal(await page.evaluate(`document.getElementById("own-file").value`), "");
  });

  test("only files are taken from what is dropped", async () => {
    const { page } = here;
    await page.open(`${here.url}?stream=own`);
    assert.equal(await page.takesDrop(`data.setData("text/plain", "some text")`), false);
    assert.equal(await page.takesDrop(`data.items.add(new File(["some text"], "some.txt"))`), true);
  });
});
