// The worker's script in Node.
import { parentPort } from "node:worker_threads";
import { makeLoadModel } from "./load/load-model.js";
import { nodePlatform } from "./load/node-platform.js";
import { Host } from "./worker/host.js";

const port = parentPort;
if (!port) throw new Error("mincut-gated-transformer/worker runs in a worker thread");
new Host(
  {
    post: (message, transfer = []) => port.postMessage(message, transfer as ArrayBuffer[]),
    listen: (onMessage) => void port.on("message", onMessage),
    terminate: () => undefined,
    hold: () => undefined,
  },
  makeLoadModel(nodePlatform(import.meta.url)),
);
