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

  click(id) {
    return this.evaluate(`document.getElementById(${JSON.stringify(id)}).click()`);
  }

  /** Chooses an entry of a selector. */
  choose(id, value) {
    return this.evaluate(`((select) => {
      select.value = ${JSON.stringify(value)};
      select.dispatchEvent(new Event("change", { bubbles: true }));
    })(document.getElementById(${JSON.stringify(id)}))`);
  }

  /** Drops a file on the page. */
  async drop(name, text) {
    const file = `new File([${JSON.stringify(text)}], ${JSON.stringify(name)})`;
    await this.takesDrop(`data.items.add(${file})`);
  }

  /** Drops what `fill` puts into \`data\`; true where the page took it, and the browser was to do nothing with it. */
  takesDrop(fill) {
    return this.evaluate(`((data) => {
      ${fill};
      const target = document.getElementById("own-text");
      const event = (type) => new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true });
      target.dispatchEvent(event("dragover"));
      return !target.dispatchEvent(event("drop"));
    })(new DataTransfer())`);
  }

  /** Opens a file by its input. */
  pick(id, name, text) {
    return this.evaluate(`((input, data) => {
      data.items.add(new File([${JSON.stringify(text)}], ${JSON.stringify(name)}));
      input.files = data.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    })(document.getElementById(${JSON.stringify(id)}), new DataTransfer())`);
  }

  /** An expression: an element's text starts like this. */
  says(id, start) {
    return `document.getElementById(${JSON.stringify(id)}).textContent.startsWith(${JSON.stringify(start)})`;
  }

  /** An expression: a row of the stream that the page shows starts like this. */
  shows(text) {
    const rows = `[...document.querySelectorAll("#stream-sheet .row")]`;
    return `${rows}.some((row) => row.textContent.startsWith(${JSON.stringify(text)}))`;
  }

  /** Waits until the error banner has gone. */
  async untilQuiet(limitMs = 60_000) {
    const end = Date.now() + limitMs;
    while (await this.alert()) {
      if (Date.now() > end) throw new Error(`the page still says: ${await this.alert()}`);
      await pause(100);
    }
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
