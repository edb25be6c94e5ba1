// onnxruntime on the graphs of `mgt convert`: the float32 reference that each model file carries, and our own logits.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { exact, largestDifference, toleranceOf } from "../check.mjs";
import { Engine } from "../engine.mjs";
import { programs } from "../entrants.mjs";
import { exportGraph, shippedModels } from "../models.mjs";
import { stream } from "../paths.mjs";

for (const program of ["ort-node", "ort-web"]) {
  for (const model of shippedModels()) {
    describe(`${program}, ${model.config} ${model.weights}`, () => {
      const { tokens, logits: reference } = model.shape.selfTest;
      const { layers, heads, headDim } = model.shape;
      let peer, ours;

      before(() => {
        peer = new Engine(programs[program]);
        ours = new Engine(programs.native);
      });
      after(() => Promise.all([peer.close(), ours.close()]));

      async function logitsOf(graph) {
        const path = exportGraph(model, { ...graph, tokens: graph.task === "window" ? tokens.length : undefined });
        const request = { task: graph.task, stream, tokens: tokens.length, cache: { layers, heads, headDim } };
        const id = JSON.stringify(graph);
        await peer.open({ ...request, id, graph: path });
        return (await peer.ask({ op: "logits", id, tokens })).logits;
      }

      for (const graph of [{ task: "window" }, { task: "window", narrow: true }, { task: "step" }]) {
        test(`float32 ${JSON.stringify(graph)} is the file's reference`, async () => {
          const difference = largestDifference(await logitsOf({ ...graph, type: "onnx" }), reference);
          assert.ok(difference <= exact, `differs by ${difference}`);
        });
        test(`int8 ${JSON.stringify(graph)} is as near to it as the model's self-test asks of us`, async () => {
          const difference = largestDifference(await logitsOf({ ...graph, type: "onnx-int8" }), reference);
          assert.ok(difference <= toleranceOf(model), `differs by ${difference}`);
          assert.ok(difference > 0, "int8 activations round");
        });
      }

      test("ours is within the model's tolerance of onnxruntime's float32", async () => {
        await ours.open({ id: "ours", model: model.path, task: "step", stream });
        const { logits } = await ours.ask({ op: "logits", id: "ours", tokens });
        const difference = largestDifference(await logitsOf({ task: "step", type: "onnx" }), logits);
        assert.ok(difference <= toleranceOf(model), `differs by ${difference}`);
      });
    });
  }
}
