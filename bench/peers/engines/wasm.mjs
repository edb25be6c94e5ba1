// The npm package as an engine. Usage: wasm.mjs simd128|relaxed
import { loadModel } from "../../../js/dist/node.js";
import { serve } from "./serve.mjs";
import { chunksOf } from "./stream.mjs";

const build = process.argv[2];

async function open({ model: path, task, tokens: count = 1, stream, everything = false }) {
  const model = await loadModel(path, { build });
  const only = { policy: "dense", kv: "exact", tier: 0, memory: everything, coherence: everything };
  const session = model.createSession(only);
  const next = chunksOf(stream, count);
  const call = {
    step: (tokens) => session.step(tokens[0]),
    window: (tokens) => session.infer(tokens),
    prefill: (tokens) => session.prefill(tokens),
  }[task];
  let sink = 0;
  return {
    run() {
      sink += call(next()).logits[0];
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

await serve({ about: `mgt wasm ${build} in Node ${process.versions.node}`, open });
