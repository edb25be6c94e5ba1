// The browsers that the page is tested in. Each opens to the same small driver:
//   goto(url), evaluate(expression), press(key), type(text), resize(width, height), problems(), close()
import { existsSync } from "node:fs";
import { openChromium, openFirefox } from "./puppeteer.mjs";
import { openWebKit } from "./webkit.mjs";

const first = (...paths) => paths.find((path) => existsSync(path));

const driver = first("/usr/bin/WebKitWebDriver");
const miniBrowser = first(
  "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
  "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
);
const xvfb = first("/usr/bin/xvfb-run");
const chromium = first("/usr/bin/chromium", "/usr/bin/google-chrome");
const firefox = first("/usr/bin/firefox-esr", "/usr/bin/firefox");

/** `arch`: the build that the package has to choose there. `missing`: why it cannot be tested on this machine. */
export const browsers = [
  {
    name: "chromium",
    arch: "wasm-relaxed",
    missing: chromium ? undefined : "Chromium is not installed",
    open: () => openChromium(chromium),
  },
  {
    name: "firefox",
    arch: "wasm-relaxed",
    missing: firefox ? undefined : "Firefox is not installed",
    open: () => openFirefox(firefox),
  },
  {
    name: "webkit",
    arch: "wasm-simd128",
    missing: driver && miniBrowser && xvfb ? undefined : "WebKitGTK's WebDriver, its MiniBrowser or xvfb is missing",
    open: () => openWebKit({ driver, miniBrowser, xvfb }),
  },
];
