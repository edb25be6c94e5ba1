// onnxruntime as an engine, on the graphs that `mgt convert` writes. Usage: onnxruntime.mjs node|web
//
// Measured and taken where it was faster, or no slower: one thread, all graph optimisations, sequential execution, the
// memory arena and pattern; outputs that the engine allocates (onnxruntime-node is as fast with outputs given to it,
// onnxruntime-web does not write to those); the cache passed on as the tensors that came out.
import { createRequire } from "node:module";
import { serve } from "./serve.mjs";
import { chunksOf } from "./stream.mjs";

const kind = process.argv[2];
const require = createRequire(import.meta.url);
const ort = kind === "node" ? require("onnxruntime-node") : await import("onnxruntime-web");
if (kind === "web") ort.env.wasm.numThreads = 1;

const options = {
  graphOptimizationLevel: "all",
  executionMode: "sequential",
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  enableCpuMemArena: true,
  enableMemPattern: true,
  logSeverityLevel: 3,
};

const int64 = (count) => new ort.Tensor("int64", new BigInt64Array(count), [count]);

function fill(tensor, tokens) {
  for (let i = 0; i < tokens.length; i++) tensor.data[i] = BigInt(tokens[i]);
}

/** feeds -> outputs. `direct` calls the native binding without the package's promise and checks: no public interface. */
async function openRunner(graph, direct) {
  if (!direct) {
    const session = await ort.InferenceSession.create(graph, options);
    return (feeds) => session.run(feeds);
  }
  const { binding, initOrt } = require("onnxruntime-node/dist/binding.js");
  initOrt();
  const session = new binding.InferenceSession();
  session.loadModel(graph, options);
  const fetches = Object.fromEntries(session.outputMetadata.map(({ name }) => [name, null]));
  return (feeds) => session.run(feeds, fetches, {});
}

function windowCase(runner, { tokens: count, stream }) {
  const next = chunksOf(stream, count);
  const tokens = int64(count);
  const feeds = { tokens };
  let sink = 0;
  const finish = ({ logits }) => {
    sink += logits.data[0];
    return logits.data;
  };
  const call = (bytes) => {
    fill(tokens, bytes);
    const outputs = runner(feeds);
    return outputs instanceof Promise ? outputs.then(finish) : finish(outputs);
  };
  return {
    run: () => asPromise(call(next())),
    logits: (bytes) => call(bytes),
  };
}

function stepCase(runner, { stream, cache }) {
  const next = chunksOf(stream, 1);
  const [token, position] = [int64(1), int64(1)];
  const empty = new ort.Tensor("float32", new Float32Array(0), [cache.layers, cache.heads, 0, cache.headDim]);
  let feeds;
  let at;
  let sink = 0;
  const reset = () => {
    feeds = { token, position, past_k: empty, past_v: empty };
    at = 0;
  };
  const finish = ({ logits, present_k, present_v }) => {
    feeds.past_k = present_k;
    feeds.past_v = present_v;
    sink += logits.data[0];
    return logits.data;
  };
  const call = (bytes) => {
    fill(token, bytes);
    position.data[0] = BigInt(at++);
    const outputs = runner(feeds);
    return outputs instanceof Promise ? outputs.then(finish) : finish(outputs);
  };
  reset();
  return {
    run: () => asPromise(call(next())),
    async logits(bytes) {
      reset();
      let last;
      for (const byte of bytes) last = await call([byte]);
      return last;
    },
  };
}

/** Only a promise has to be waited for. */
function asPromise(result) {
  return result instanceof Promise ? result : undefined;
}

async function open(request) {
  const runner = await openRunner(request.graph, request.direct);
  return request.task === "step" ? stepCase(runner, request) : windowCase(runner, request);
}

const version = ort.env.versions?.[kind] ?? ort.env.versions?.common ?? "";
await serve({ about: `onnxruntime-${kind} ${version} in Node ${process.versions.node}`, open });
