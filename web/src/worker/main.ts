// The page's worker: owns the model and everything that computes. One message in, at most a few replies out.
import { type Model, type Policy, loadModel } from "mincut-gated-transformer";
import type { ModelInfo, Reply, Request } from "../protocol.js";
import { bench } from "./bench.js";
import { Completer } from "./complete.js";
import { Pacer } from "./pacer.js";
import { StreamRun } from "./stream-run.js";

let model: Model | undefined;
let run: StreamRun | undefined;
let completer: Completer | undefined;

const pacer = new Pacer({
  advance: (count) => guarded("pace", 0, () => run?.advance(count) ?? 0),
  report,
});

function send(reply: Reply, transfer: Transferable[] = []): void {
  self.postMessage(reply, { transfer });
}

function report(): void {
  const batch = run?.takeBatch();
  if (batch) send(batch, [batch.records]);
}

self.onmessage = ({ data }: MessageEvent<Request>) => {
  void answer(data).catch((error: unknown) => fail(data.type, error));
};

async function answer(request: Request): Promise<void> {
  switch (request.type) {
    case "open":
      return open(request.url);
    case "start":
      return start(request.run, request.bytes, request.policy, request.dense);
    case "append":
      run?.append(request.bytes);
      return pacer.wake();
    case "pace":
      pacer.rate = request.rate;
      return;
    case "step":
      for (let left = request.count; left > 0 && run && run.left > 0;) left -= run.advance(left);
      return report();
    case "complete":
      return complete(request.id, request.prompt, request.limit, request.policy);
    case "bench": {
      const { bytes, steps, policy } = request;
      const onProgress = (done: number) => send({ type: "bench-progress", done, steps });
      return send({ type: "bench-result", result: await bench(loaded(), bytes, steps, policy, onProgress) });
    }
  }
}

async function open(url: string): Promise<void> {
  closeModel();
  const started = performance.now();
  const opened = await loadModel(url, {
    onProgress: ({ loadedBytes, totalBytes }) => send({ type: "progress", loaded: loadedBytes, total: totalBytes }),
  });
  model = opened;
  completer = new Completer(opened);
  send({ type: "ready", info: infoOf(opened, performance.now() - started) });
}

function infoOf(opened: Model, loadMs: number): ModelInfo {
  return {
    name: opened.name,
    arch: opened.arch,
    buildReason: opened.buildReason,
    parameters: opened.parameters,
    sizeBytes: opened.sizeBytes,
    layers: opened.config.nLayers,
    hidden: opened.config.hidden,
    window: opened.config.window,
    loadMs,
  };
}

function start(id: number, bytes: Uint8Array, policy: Policy, dense: boolean): void {
  run?.dispose();
  run = undefined;
  run = new StreamRun(id, loaded(), bytes, policy, dense);
  pacer.wake();
}

function complete(id: number, prompt: Uint8Array, limit: number, policy: Policy): void {
  loaded();
  const started = performance.now();
  const done = completer?.complete(prompt, limit, policy) ?? { text: new Uint8Array(), tiers: [] };
  send({ type: "completion", id, ...done, milliseconds: performance.now() - started });
}

function closeModel(): void {
  pacer.rate = 0;
  run?.dispose();
  completer?.dispose();
  model?.dispose();
  run = completer = model = undefined;
}

function loaded(): Model {
  if (!model) throw new Error("no model is loaded");
  return model;
}

function guarded<T>(during: Request["type"], otherwise: T, work: () => T): T {
  try {
    return work();
  } catch (error) {
    pacer.rate = 0;
    fail(during, error);
    return otherwise;
  }
}

function fail(during: Request["type"], error: unknown): void {
  const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
  const code = (error as { code?: unknown }).code;
  send({ type: "failure", during, failure: { name, code: typeof code === "string" ? code : "unexpected", message } });
}
