// Chromium and Firefox for the benchmarks: as the browser tests start them, on pages served from this tree.
import { existsSync } from "node:fs";
import { at } from "../peers/paths.mjs";

export const browserNames = ["chromium", "firefox"];

/** The browser of that name, or why it cannot be had. */
export async function findBrowser(name) {
  if (!existsSync(at("tests/browser/node_modules/puppeteer-core"))) {
    throw new Error("the browsers' driver is missing: make setup-browsers installs it");
  }
  const { browsers } = await import("../../tests/browser/support/browsers.mjs");
  const found = browsers.find((browser) => browser.name === name);
  if (found.missing) throw new Error(`${found.missing}: make setup-browsers installs it`);
  return found;
}

/** This tree on localhost: { url, stop }. Pages are isolated, so the clock ticks every 5 to 20 microseconds. */
export async function serveTree() {
  const { serve } = await import("../../tests/browser/support/server.mjs");
  const { url, stop } = await serve(at("."));
  return { url: new URL(url).origin, stop };
}

/** A browser as an engine of bench/peers. */
export class BrowserEngine {
  #driver;
  #opened = new Set();

  static async start(name, origin) {
    const engine = new BrowserEngine();
    engine.#driver = await (await findBrowser(name)).open();
    await engine.#driver.goto(`${origin}/bench/browsers/page.html`);
    while (!(await engine.#driver.evaluate("typeof ask === 'function'"))) await new Promise((go) => setTimeout(go, 20));
    return engine;
  }

  get about() {
    return this.#driver.version;
  }

  async ask(request) {
    const reply = await this.#driver.evaluate(`ask(${JSON.stringify(request)})`);
    if (reply.error) throw new Error(`${request.op} ${request.id}: ${reply.error}`);
    return reply;
  }

  async open(request) {
    if (this.#opened.has(request.id)) return {};
    this.#opened.add(request.id);
    return this.ask({ op: "open", ...request });
  }

  close() {
    return this.#driver.close();
  }
}
