import puppeteer from "puppeteer-core";

const protocolTimeout = 600_000;
const viewport = { width: 1280, height: 900 };

/** Flags that work as root, without a display and without a network. */
const chromiumFlags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export async function openChromium(executablePath) {
  const browser = await puppeteer.launch({ executablePath, protocolTimeout, timeout: 120_000, args: chromiumFlags });
  const [page] = await browser.pages();
  return drive(browser, page);
}

/** Firefox over WebDriver BiDi. */
export async function openFirefox(executablePath) {
  const browser = await puppeteer.launch({ browser: "firefox", executablePath, protocolTimeout, timeout: 120_000 });
  return drive(browser, await pageWithFocus(browser));
}

/**
 * A tab of our own, in front: in the one that Firefox starts with, the address bar keeps the focus, the document never
 * has it, and no focus ring is drawn.
 */
async function pageWithFocus(browser) {
  const atStart = await browser.pages();
  const page = await browser.newPage();
  for (const other of atStart) await other.close();
  return page;
}

async function drive(browser, page) {
  await page.bringToFront(); // a page in the background has no frames
  await page.setViewport(viewport);
  page.setDefaultTimeout(120_000);
  const problems = [];
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`page: ${error.message}`));
  return {
    version: await browser.version(),
    goto: (url) => page.goto(url),
    evaluate: (expression) => page.evaluate(expression),
    press: (key) => page.keyboard.press(key === "Space" ? " " : key),
    type: (text) => page.keyboard.type(text),
    resize: (width, height) => page.setViewport({ width, height }),
    problems: () => problems.splice(0),
    close: () => browser.close(),
  };
}
