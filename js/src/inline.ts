// With both wasm builds inside the code: no file to serve, no fetch, for service workers and single-file pages.
/// <reference lib="esnext.disposable" preserve="true" />
import relaxed from "../wasm/mgt-relaxed.wasm";
import simd128 from "../wasm/mgt-simd128.wasm";
import { browserPlatform } from "./load/browser-platform.js";
import { type LoadModel, makeLoadModel } from "./load/load-model.js";

const files = { simd128, relaxed };

export * from "./public.js";
export const loadModel: LoadModel = makeLoadModel({
  ...browserPlatform,
  wasm: async (build) => {
    const unzipped = new Blob([files[build]]).stream().pipeThrough(new DecompressionStream("gzip"));
    return { name: `the inlined ${build} build`, body: unzipped };
  },
});
