// What every entry exports beside its own loadModel.
export { Model } from "./model.js";
export { Session } from "./session.js";
export { StepView } from "./core/step-view.js";
export { Witness, type WitnessJson } from "./core/witness.js";
export { Generation } from "./core/generation.js";
export type { GateDecision, GateReason } from "./core/names.js";
export { pickBuild, type BuildChoice } from "./load/pick-build.js";
export * from "./errors.js";
export type * from "./types.js";
export type { BytesSource, Progress } from "./load/read-source.js";
export type { LoadModel } from "./load/load-model.js";
export type { LoadOptions, WorkerLoadOptions } from "./load/load-options.js";
export type { WasmSource } from "./load/compile-wasm.js";
export type { LoadModelInWorker } from "./worker/load-in-worker.js";
export { WorkerModel } from "./worker/worker-model.js";
export { WorkerSession, type WorkerStreamOptions } from "./worker/worker-session.js";
