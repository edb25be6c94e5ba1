// For browsers and bundlers: the wasm files lie beside the package's code and are fetched.
/// <reference lib="esnext.disposable" preserve="true" />
import { browserPlatform } from "./load/browser-platform.js";
import { type LoadModel, makeLoadModel } from "./load/load-model.js";
import { type LoadModelInWorker, makeLoadModelInWorker } from "./worker/load-in-worker.js";

export * from "./public.js";
export const loadModel: LoadModel = makeLoadModel(browserPlatform);
export const loadModelInWorker: LoadModelInWorker = makeLoadModelInWorker(browserPlatform);
