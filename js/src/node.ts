// For Node, Bun and Deno: files by path, worker threads.
/// <reference lib="esnext.disposable" preserve="true" />
import { type LoadModel, makeLoadModel } from "./load/load-model.js";
import { nodePlatform } from "./load/node-platform.js";
import { type LoadModelInWorker, makeLoadModelInWorker } from "./worker/load-in-worker.js";

const platform = nodePlatform(import.meta.url);

export * from "./public.js";
export const loadModel: LoadModel = makeLoadModel(platform);
export const loadModelInWorker: LoadModelInWorker = makeLoadModelInWorker(platform);
