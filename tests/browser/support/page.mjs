import { setTimeout as pause } from "node:timers/promises";

/** The page as a test sees it: questions in words, asked of the document. */
export class DemoPage {
  #browser;

  constructor(browser) {
    this.#browser = browser;
  }

  /** Opens the page and waits until its model is there, or until it says why not. */
  async open(url) {
    await this.#browser.goto(url);
    await this.until(`document.documentElement.dataset.state !== "loading"`, "the page loads its model");
  }

  evaluate(expression) {
    return this.#browser.evaluate(expression);
  }

  text(id) {
    return this.evaluate(`document.getElementById(${JSON.stringify(id)}).textContent`);
  }

  state() {
    return this.evaluate("document.documentElement.dataset.state");
  }

  /** The id (or else the class) of the element that has the keyboard; "" where the document does not have it. */
  focused() {
    return this.evaluate(`document.hasFocus() ? document.activeElement.id || document.activeElement.className : ""`);
  }

  /** The outline of the element that has the keyboard: "none", or its style and width. */
  ring() {
    return this.evaluate(`(({ outlineStyle, outlineWidth }) => outlineStyle === "none" || outlineWidth === "0px"
      ? "none" : outlineStyle + " " + outlineWidth)(getComputedStyle(document.activeElement))`);
  }

  focus(id) {
    return this.evaluate(`document.getElementById(${JSON.stringify(id)}).focus()`);
  }

  /** Waits until an expression is true; the page's own alert ends the wait with its text. */
  async until(expression, what, limitMs = 420_000) {
    const end = Date.now() + limitMs;
    while (Date.now() < end) {
      if (await this.evaluate(expression)) return;
      const alert = await this.alert();
      if (alert && !(await this.evaluate(expression)))
        throw new Error(`while waiting until ${what}, the page said: ${alert}`);
      await pause(250);
    }
    throw new Error(`waited ${limitMs / 1000} s until ${what}; the page is in state ${await this.state()}`);
  }

  /** What the error banner says, or "". */
  alert() {
    return this.evaluate(
      `document.getElementById("alert").hidden ? "" : document.getElementById("alert").textContent.trim()`,
    );
  }
}
