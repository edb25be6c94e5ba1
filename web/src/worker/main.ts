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

/** The loading and the measurement under way, or the last ones. A later request ends an earlier one of its kind. */
let opening = new AbortController();
let measuring = new AbortController();

const pacer = new Pacer({
  advance: (count) => guarded(0, () => run?.advance(count) ?? 0),
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
  void answer(data).catch((error: unknown) => fail(error));
};

async function answer(request: Request): Promise<void> {
  switch (request.type) {
    case "open":
      return open(request.id, request.url);
    case "start":
      return start(request.run, request.bytes, request.policy, request.dense);
    case "append":
      run?.append(request.bytes);
      return pacer.wake();
    case "pace":
      pacer.rate = request.rate;
      return;
    case "step":
      run?.advance(1);
      return report();
    case "complete":
      return complete(request.id, request.prompt, request.limit, request.policy);
    case "bench":
      return measure(request);
  }
}

async function open(id: number, url: string): Promise<void> {
  opening.abort();
  const { signal } = (opening = new AbortController());
  closeModel();
  const started = performance.now();
  try {
    const opened = await loadModel(url, {
      signal,
      onProgress: ({ loadedBytes, totalBytes }) =>
        send({ type: "progress", opening: id, loaded: loadedBytes, total: totalBytes }),
    });
    if (signal.aborted) return opened.dispose();
    model = opened;
    completer = new Completer(opened);
    send({ type: "ready", opening: id, info: infoOf(opened, performance.now() - started) });
  } catch (error) {
    if (!signal.aborted) fail(error, id);
  }
}

function infoOf(opened: Model, loadMs: number): ModelInfo {
  return {
    arch: opened.arch,
    buildReason: opened.buildReason,
    parameters: opened.parameters,
    layers: opened.config.nLayers,
    hidden: opened.config.hidden,
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

async function measure({ stream, bytes, steps, policy }: Request & { type: "bench" }): Promise<void> {
  measuring.abort();
  const { signal } = (measuring = new AbortController());
  const onProgress = (done: number, of: number) => send({ type: "bench-progress", done, steps: of });
  try {
    const result = await bench({ model: loaded(), policy, stream, bytes, steps, signal, onProgress });
    send({ type: "bench-result", result });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function closeModel(): void {
  pacer.rate = 0;
  measuring.abort();
  run?.dispose();
  completer?.dispose();
  model?.dispose();
  run = completer = model = undefined;
}

function loaded(): Model {
  if (!model) throw new Error("no model is loaded");
  return model;
}

function guarded<T>(otherwise: T, work: () => T): T {
  try {
    return work();
  } catch (error) {
    pacer.rate = 0;
    fail(error);
    return otherwise;
  }
}

/** `opening`: the request to open a model that failed, if it was one. */
function fail(error: unknown, opening?: number): void {
  const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
  const code = (error as { code?: unknown }).code;
  const failure = { name, code: typeof code === "string" ? code : "unexpected", message };
  send({ type: "failure", opening, failure });
}
