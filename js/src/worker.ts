// The worker's script in browsers: `mincut-gated-transformer/worker`.
/// <reference lib="esnext.disposable" preserve="true" />
import { browserPlatform } from "./load/browser-platform.js";
import { makeLoadModel } from "./load/load-model.js";
import { Host } from "./worker/host.js";

interface Scope {
  postMessage(message: unknown, transfer: Transferable[]): void;
  onmessage: ((event: MessageEvent) => void) | null;
}
const scope = globalThis as unknown as Scope;

new Host(
  {
    post: (message, transfer = []) => scope.postMessage(message, transfer),
    listen: (onMessage) => {
      scope.onmessage = ({ data }) => onMessage(data);
    },
    terminate: () => undefined,
    hold: () => undefined,
  },
  makeLoadModel(browserPlatform),
);
