import { checkSessionOptions } from "../core/options.js";
import type { Layout } from "../core/runtime.js";
import { DisposedError } from "../errors.js";
import type { Build, ModelConfig, SessionOptions, SessionPlan } from "../types.js";
import type { Caller } from "./caller.js";
import type { ModelFacts } from "./protocol.js";
import { WorkerSession } from "./worker-session.js";

/** A model in a worker: Model's interface, with promises. */
export class WorkerModel {
  readonly config: Readonly<ModelConfig>;
  readonly name: string;
  readonly parameters: number;
  readonly sizeBytes: number;
  readonly hash: bigint;
  readonly build: Build;
  readonly buildReason: string;
  readonly arch: string;
  /** @internal */
  readonly layout: Layout;
  readonly #caller: Caller;
  #disposed = false;

  /** @internal Use loadModelInWorker(). */
  constructor(caller: Caller, facts: ModelFacts) {
    this.#caller = caller;
    this.config = Object.freeze(facts.config);
    this.name = facts.name;
    this.parameters = facts.parameters;
    this.sizeBytes = facts.sizeBytes;
    this.hash = facts.hash;
    this.build = facts.build;
    this.buildReason = facts.buildReason;
    this.arch = facts.arch;
    this.layout = facts.layout;
  }

  async createSession(options: SessionOptions = {}): Promise<WorkerSession> {
    checkSessionOptions(options);
    return new WorkerSession(this, this.#caller, await this.#caller.call("createSession", options));
  }

  async plan(options: SessionOptions = {}): Promise<SessionPlan> {
    checkSessionOptions(options);
    return this.#caller.call("plan", options);
  }

  /** Bytes of the WebAssembly memory that holds this model and its sessions. */
  heapBytes(): Promise<number> {
    return this.#caller.call("heapBytes", undefined);
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  /** Ends the worker, and with it the model and all of its sessions: their calls reject with DisposedError. */
  dispose(): void {
    this.#disposed = true;
    this.#caller.terminate(new DisposedError("disposed", "the model was disposed of"));
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
