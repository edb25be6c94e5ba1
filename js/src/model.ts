import type { EmbindModel } from "./core/embind.js";
import { encodeOptions } from "./core/options.js";
import type { Runtime } from "./core/runtime.js";
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
  #core: EmbindModel | undefined;

  private constructor(runtime: Runtime, core: EmbindModel, buildReason: string) {
    this.#runtime = runtime;
    this.#core = core;
    this.config = Object.freeze(core.config());
    this.name = core.name();
    this.parameters = core.parameters();
    this.sizeBytes = core.sizeBytes();
    this.hash = BigInt.asUintN(64, core.hash());
    this.arch = runtime.arch;
    this.build = runtime.arch === "wasm-relaxed" ? "relaxed" : "simd128";
    this.buildReason = buildReason;
  }

  /** @internal Use loadModel(). Throws ModelError with the core's message. */
  static load(runtime: Runtime, file: Uint8Array, buildReason: string): Model {
    const core = runtime.withBytes(file, (address) => runtime.embind.loadModel(address, file.length));
    if (!core) throw runtime.lastError();
    return new Model(runtime, core, buildReason);
  }

  /** Allocates a session. Throws OptionError, OutOfMemoryError. */
  createSession(options: SessionOptions = {}): Session {
    const encoded = encodeOptions(this.#runtime.embind.defaultOptions(), options);
    const plan = this.plan(options);
    const core = this.#alive().createSession(encoded);
    this.#runtime.refresh();
    if (!core) throw this.#runtime.lastError();
    return new Session(this, core, this.#runtime, options, plan);
  }

  /** The bytes that createSession(options) would allocate. Throws OptionError. */
  plan(options: SessionOptions = {}): SessionPlan {
    const plan = this.#alive().plan(encodeOptions(this.#runtime.embind.defaultOptions(), options));
    if (this.#runtime.failed) throw this.#runtime.lastError();
    return plan;
  }

  /** Bytes of the WebAssembly memory that holds this model and its sessions. It grows, it never shrinks. */
  get heapBytes(): number {
    return this.#runtime.bytes.length;
  }

  get disposed(): boolean {
    return this.#core === undefined;
  }

  /**
   * Lets go of the weights. Sessions go on until they are disposed of; when the last one is gone and nothing refers
   * to this object, the engine frees the whole WebAssembly memory.
   */
  dispose(): void {
    this.#core?.delete();
    this.#core = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** @internal For trace lines and workers. */
  get runtime(): Runtime {
    return this.#runtime;
  }

  #alive(): EmbindModel {
    if (!this.#core) throw new DisposedError("disposed", "the model was disposed of");
    return this.#core;
  }
}
