// Who takes part: engines as programs, and the forms of each in which a model can be run.
import { at, nativeEngine, node24, nodeOfMachine } from "./paths.mjs";

const script = (name) => at("bench/peers/engines", name);

/** Programs by name. Each runs on its own; only one of them works at a time. */
export const programs = {
  native: [nativeEngine],
  relaxed: [node24, script("wasm.mjs"), "relaxed"],
  simd128: [nodeOfMachine, script("wasm.mjs"), "simd128"],
  "ort-node": [node24, script("onnxruntime.mjs"), "node"],
  "ort-web": [node24, script("onnxruntime.mjs"), "web"],
};

const ours = (program, label) => [
  { engine: label, program, form: "transformer", request: {} },
  // What else a step of a user's session does: stream memory, spike, lambda.
  { engine: label, program, form: "whole step", request: { everything: true }, only: "step" },
  // Every position of the window through every layer, as the peers' graphs compute it.
  { engine: label, program, form: "all positions", request: { task: "prefill" }, only: "window" },
];

const peer = (program, label, weights) =>
  ["onnx", "onnx-int8", ...(weights === "int4" ? ["onnx-int4"] : [])].map((type) => ({
    engine: label,
    program,
    form: { onnx: "fp32", "onnx-int8": "int8", "onnx-int4": "int4 (MatMulNBits)" }[type],
    graph: { type },
  }));

/** All entrants for a model whose weights are int8 or int4. `only` limits one to a task. */
export function entrantsFor(weights) {
  return [
    ...ours("native", "mgt native"),
    ...ours("relaxed", "mgt wasm relaxed"),
    ...ours("simd128", "mgt wasm simd128"),
    ...peer("ort-node", "onnxruntime-node", weights),
    ...peer("ort-web", "onnxruntime-web", weights),
    // Below, what the public packages or a plain export do not give, to know what that is worth.
    {
      engine: "onnxruntime-node",
      program: "ort-node",
      form: "int8 narrow",
      graph: { type: "onnx-int8", narrow: true },
      only: "window",
    },
    {
      engine: "onnxruntime-web",
      program: "ort-web",
      form: "int8 narrow",
      graph: { type: "onnx-int8", narrow: true },
      only: "window",
    },
    {
      engine: "onnxruntime-node",
      program: "ort-node",
      form: "int8 direct",
      graph: { type: "onnx-int8" },
      request: { direct: true },
    },
  ];
}
