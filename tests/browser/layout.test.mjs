// The page in small windows: nothing needs a sideways scroll, and what has the focus is in sight.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inEveryBrowser, timeout } from "./support/each-browser.mjs";

/** Ids of what has the focus and lies under the bar of controls, after a scroll to the end of the page. */
const hiddenFocus = `(() => {
  const bar = document.getElementById("controls");
  const reachable = [...document.querySelectorAll("main button, main select, main input, main textarea, main [tabindex]")];
  return reachable.filter((element) => {
    window.scrollTo(0, document.documentElement.scrollHeight);
    element.focus();
    if (document.activeElement !== element) return false;
    return element.getBoundingClientRect().top < bar.getBoundingClientRect().bottom;
  }).map(({ id }) => id);
})()`;

inEveryBrowser((here) => {
  for (const [width, height] of [
    [640, 360],
    [700, 650],
    [1280, 900],
  ]) {
    test(`the bar hides no focus at ${width} x ${height}`, { timeout }, async () => {
      const { page } = here;
      await here.browser.resize(width, height);
      await page.open(`${here.url}?stream=dpkg.log`);
      assert.deepEqual(await page.evaluate(hiddenFocus), []);
    });
  }

  test("320 pixels are wide enough", { timeout }, async () => {
    const { page } = here;
    await here.browser.resize(320, 640);
    await page.open(`${here.url}?stream=dpkg.log&run&bytes=500&speed=full`);
    await page.until(`document.documentElement.dataset.state === "done"`, "the stream is read");
    const [needed, there] = await page.evaluate(`[document.documentElement.scrollWidth, innerWidth]`);
    assert.ok(needed <= there, `the page needs ${needed} pixels, there are ${there}`);
  });
});
