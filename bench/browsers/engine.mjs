// The npm package in a browser's worker, as an engine: the requests of bench/peers/engines/native.cpp as messages.
//
// A browser's clock ticks every 5 (Chromium) or 20 (Firefox) microseconds where the page is isolated, so what is timed
// is a batch of at least batchMs, and its share of one run is what counts.
import { loadModel } from "/js/dist/index.js";

const batchMs = 1;
const cases = new Map();

async function bytesOf(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

async function open({ model: url, task, tokens: count = 1, stream }) {
  const model = await loadModel(url);
  const session = model.createSession({ policy: "dense", kv: "exact", tier: 0, memory: false, coherence: false });
  const bytes = await bytesOf(stream);
  const call = task === "step" ? (tokens) => session.step(tokens[0]) : (tokens) => session.infer(tokens);
  let at = 0;
  let sink = 0;
  return {
    arch: model.arch,
    run() {
      if (at + count > bytes.length) at = 0;
      at += count;
      sink += call(bytes.subarray(at - count, at)).logits[0];
    },
    logits(tokens) {
      session.reset();
      if (task !== "step") return call(tokens).logits;
      let view;
      for (const token of tokens) view = session.step(token);
      return view.logits;
    },
  };
}

function millisecondsOf(run, times) {
  const start = performance.now();
  for (let i = 0; i < times; i++) run();
  return performance.now() - start;
}

function time(one, { warm_ms, ms, least }) {
  const warmEnd = performance.now() + warm_ms;
  let runs = 0;
  const warmStart = performance.now();
  do {
    one.run();
    runs++;
  } while (performance.now() < warmEnd);
  const oneMs = (performance.now() - warmStart) / runs;
  const batch = Math.max(1, Math.ceil(batchMs / oneMs));
  const us = [];
  const end = performance.now() + ms;
  while (us.length < least || performance.now() < end) us.push((1000 * millisecondsOf(one.run, batch)) / batch);
  return { us, batch };
}

async function answer(request) {
  if (request.op === "open") {
    const one = await open(request);
    cases.set(request.id, one);
    return { arch: one.arch };
  }
  const one = cases.get(request.id);
  if (request.op === "logits") return { logits: [...one.logits(Uint8Array.from(request.tokens))] };
  return time(one, request);
}

self.onmessage = async ({ data }) => {
  try {
    self.postMessage(await answer(data));
  } catch (error) {
    self.postMessage({ error: String(error?.stack ?? error) });
  }
};
