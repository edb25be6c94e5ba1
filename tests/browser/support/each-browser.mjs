import { after, before, describe } from "node:test";
import { browsers } from "./browsers.mjs";
import { DemoPage } from "./page.mjs";
import { site } from "./paths.mjs";
import { serve } from "./server.mjs";

export const timeout = 900_000;

const wanted = process.env.MGT_BROWSERS?.split(",");

/**
 * Runs `define` once per browser of this machine; MGT_BROWSERS=chromium,webkit picks. What it gets has the browser's
 * name and arch at once; `browser`, `page` and the `url` of the served page are there when a test runs.
 */
export function inEveryBrowser(define) {
  for (const { name, arch, missing, open } of browsers) {
    if (wanted && !wanted.includes(name)) continue;
    describe(name, { skip: missing ?? false, timeout }, () => {
      const here = { name, arch };
      let server;
      before(async () => {
        server = await serve(site);
        here.url = server.url;
        here.browser = await open();
        here.page = new DemoPage(here.browser);
      });
      after(async () => {
        await here.browser?.close();
        server?.stop();
      });
      define(here);
    });
  }
}
