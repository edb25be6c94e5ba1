import { checkSessionOptions, writeOptions } from "./core/options.js";
import type { Runtime } from "./core/runtime.js";
import { withStepBounds, withoutOpenDeadline } from "./core/step-bounds.js";
import { DisposedError } from "./errors.js";
import { Session } from "./session.js";
import type { Build, ModelConfig, SessionOptions, SessionPlan } from "./types.js";

/** A loaded model in a WebAssembly instance of its own. Sessions share its weights. */
export class Model {
  readonly config: Readonly<ModelConfig>;
  /** The file's `general.name`. */
  readonly name: string;
  /** Number of weights, embeddings and norms included. */
  readonly parameters: number;
  /** Bytes held by the packed weights and tables. */
  readonly sizeBytes: number;
  /** 64-bit hash of the file; traces are bound to it. */
  readonly hash: bigint;
  /** The wasm build in use, and why it was chosen. */
  readonly build: Build;
  readonly buildReason: string;
  /** "wasm-simd128" or "wasm-relaxed". */
  readonly arch: string;
  readonly #runtime: Runtime;
  /** The core's object, 0 when disposed of. */
  #self: number;

  private constructor(runtime: Runtime, self: number, buildReason: string) {
    this.#runtime = runtime;
    this.#self = self;
    const { exports, records } = runtime;
    this.config = Object.freeze(records.read("ModelConfig", exports.mgt_model_config(self)));
    const { name, parameters, sizeBytes, hash } = records.read("ModelFacts", exports.mgt_model_facts(self));
    this.name = name;
    this.parameters = parameters;
    this.sizeBytes = sizeBytes;
    this.hash = hash;
    this.arch = runtime.arch;
    this.build = runtime.arch === "wasm-relaxed" ? "relaxed" : "simd128";
    this.buildReason = buildReason;
  }

  /** @internal Use loadModel(). Throws ModelError with the core's message. */
  static load(runtime: Runtime, file: Uint8Array, buildReason: string): Model {
    const self = runtime.withBytes(file, (address) => runtime.exports.mgt_load_model(address, file.length));
    return new Model(runtime, runtime.expect(self), buildReason);
  }

  /** Allocates a session. Throws OptionError, OutOfMemoryError. */
  createSession(given: SessionOptions = {}): Session {
    this.#check(given);
    const options = withStepBounds(this, given);
    const plan = this.plan(options); // and with it, the core has the options
    const self = this.#runtime.exports.mgt_create_session(this.#self);
    this.#runtime.refresh();
    return new Session(this, this.#runtime.expect(self), this.#runtime, options, plan);
  }

  /** The bytes that createSession(options) would allocate. Throws OptionError. */
  plan(options: SessionOptions = {}): SessionPlan {
    this.#check(options);
    const { exports, records } = this.#runtime;
    writeOptions(this.#runtime, withoutOpenDeadline(options));
    return records.read("SessionPlan", this.#runtime.expect(exports.mgt_plan_session(this.#self)));
  }

  /** Bytes of the WebAssembly memory that holds this model and its sessions. It grows, it never shrinks. */
  get heapBytes(): number {
    return this.#runtime.bytes.length;
  }

  get disposed(): boolean {
    return this.#self === 0;
  }

  /**
   * Lets go of the weights. Sessions go on until they are disposed of; when the last one is gone and nothing refers
   * to this object, the engine frees the whole WebAssembly memory.
   */
  dispose(): void {
    if (this.#self !== 0) this.#runtime.exports.mgt_free_model(this.#self);
    this.#self = 0;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #check(options: SessionOptions): void {
    if (this.disposed) throw new DisposedError("disposed", "the model was disposed of");
    checkSessionOptions(options);
  }

  /** @internal For trace lines and workers. */
  get runtime(): Runtime {
    return this.#runtime;
  }
}
