// WebKitGTK through plain WebDriver over HTTP, in a virtual display.
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { stopsAtEnd } from "./cleanup.mjs";

const keys = {
  Tab: "\uE004",
  Enter: "\uE007",
  Escape: "\uE00C",
  End: "\uE010",
  Home: "\uE011",
  ArrowLeft: "\uE012",
  ArrowRight: "\uE014",
  ArrowDown: "\uE015",
  Space: " ",
};
const scriptMs = 600_000;

export async function openWebKit({ driver, miniBrowser, xvfb }) {
  const port = await freePort();
  // A process group of its own: xvfb-run's display, driver and browser end together.
  const server = spawn(xvfb, ["-a", "-s", "-screen 0 1280x1024x24", driver, `--port=${port}`], {
    detached: true,
    stdio: "ignore",
    env: {
      ...process.env,
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
      WEBKIT_DISABLE_DMABUF_RENDERER: "1",
      LIBGL_ALWAYS_SOFTWARE: "1",
    },
  });
  const stop = stopsAtEnd(() => {
    try {
      process.kill(-server.pid, "SIGTERM");
    } catch {
      // it is gone already
    }
  });
  try {
    const call = (method, path, body) => request(`http://127.0.0.1:${port}${path}`, method, body);
    await ready(call);
    const browserOptions = { binary: miniBrowser, args: ["--automation"] };
    const capabilities = { alwaysMatch: { "webkitgtk:browserOptions": browserOptions } };
    const session = await call("POST", "/session", { capabilities });
    return drive(call, session, stop);
  } catch (error) {
    stop();
    throw error;
  }
}

async function drive(call, { sessionId, capabilities }, stop) {
  const base = `/session/${sessionId}`;
  await call("POST", `${base}/timeouts`, { script: scriptMs, pageLoad: 120_000 });
  const resize = (width, height) => call("POST", `${base}/window/rect`, { width, height }).catch(() => undefined);
  await resize(1280, 900);
  const strike = async (value) => {
    const actions = [
      { type: "keyDown", value },
      { type: "keyUp", value },
    ];
    await call("POST", `${base}/actions`, { actions: [{ type: "key", id: "keyboard", actions }] });
  };
  return {
    version: `WebKitGTK ${capabilities.browserVersion}`,
    goto: (url) => call("POST", `${base}/url`, { url }),
    evaluate: (expression) => call("POST", `${base}/execute/sync`, { script: `return (${expression})`, args: [] }),
    press: (key) => strike(keys[key] ?? key),
    type: async (text) => {
      for (const character of text) await strike(character);
    },
    resize,
    problems: () => [], // WebDriver has no console; the page's own alert shows errors
    close: async () => {
      await call("DELETE", base).catch(() => undefined);
      stop();
    },
  };
}

async function request(url, method, body) {
  const response = await fetch(url, {
    method,
    headers: { "content-type": "application/json" },
    ...(body ? { body: JSON.stringify(body) } : {}),
    signal: AbortSignal.timeout(scriptMs),
  });
  const { value } = await response.json();
  if (!response.ok) throw new Error(`WebDriver ${method} ${new URL(url).pathname}: ${value?.error} ${value?.message}`);
  return value;
}

async function ready(call) {
  for (let tries = 0; tries < 120; tries++) {
    const status = await call("GET", "/status").catch(() => undefined);
    if (status?.ready) return;
    await pause(500);
  }
  throw new Error("WebKitWebDriver did not start within a minute");
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
