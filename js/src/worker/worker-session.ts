import { type Checks, checkOptions, flag, upTo } from "../core/checks.js";
import { byteChunks } from "../core/chunks.js";
import { type Draws, Generation, readPrompt, tokenStream } from "../core/generation.js";
import { streamChecks } from "../core/options.js";
import type { StepView } from "../core/step-view.js";
import { checkToken } from "../core/tokens.js";
import { toBytes } from "../core/utf8-encoder.js";
import { DisposedError } from "../errors.js";
import type * as t from "../types.js";
import { BatchView } from "./batch-view.js";
import type { Caller } from "./caller.js";
import type { Batch, SessionFacts } from "./protocol.js";
import type { WorkerModel } from "./worker-model.js";

export interface WorkerStreamOptions extends t.StreamOptions {
  /** Steps per message, 1 to 65536 (default 64): more is faster, fewer is fresher. */
  batch?: number;
  /** Send logits and probabilities, 2 kB per step (default true); without them only the witness can be read. */
  outputs?: boolean;
}

const workerStreamChecks: Checks<WorkerStreamOptions> = { ...streamChecks, batch: upTo(65536, 1), outputs: flag };

/** A session in a worker: Session's interface, with promises. */
export class WorkerSession {
  readonly model: WorkerModel;
  readonly options: Readonly<t.SessionOptions>;
  readonly plan: Readonly<t.SessionPlan>;
  readonly policy: t.Policy;
  readonly window: number;
  /** Positions of the replay history in force; 0: off. */
  readonly replay: number;
  readonly deadlineTier: t.Tier;
  readonly #caller: Caller;
  readonly #id: number;
  readonly #streamView: BatchView;
  readonly #windowView: BatchView;
  #disposed = false;

  /** @internal Use model.createSession(). */
  constructor(model: WorkerModel, caller: Caller, facts: SessionFacts) {
    this.model = model;
    this.#caller = caller;
    this.#id = facts.id;
    this.options = Object.freeze(facts.options);
    this.plan = Object.freeze(facts.plan);
    this.policy = facts.policy;
    this.window = facts.window;
    this.replay = facts.replay;
    this.deadlineTier = facts.deadlineTier;
    this.#streamView = new BatchView(model.layout);
    this.#windowView = new BatchView(model.layout);
  }

  async step(token: number, input?: t.StepInput): Promise<StepView> {
    const batch = await this.#steps(Uint8Array.of(checkToken(token)), true, input);
    return this.#streamView.show(batch, 0);
  }

  async prefill(input: string | Uint8Array | ArrayBuffer): Promise<StepView> {
    const batch = await this.#alive().call("prefill", { id: this.#id, bytes: toBytes(input) });
    return this.#streamView.show(batch, 0);
  }

  async push(input: string | Uint8Array | ArrayBuffer): Promise<StepView> {
    const batch = await this.#alive().call("push", { id: this.#id, bytes: toBytes(input) });
    return this.#streamView.show(batch, 0);
  }

  async logits(): Promise<StepView> {
    return this.#streamView.show(await this.#alive().call("logits", this.#id), 0);
  }

  async infer(input: string | Uint8Array | ArrayBuffer, tier: t.Tier = 0): Promise<StepView> {
    const batch = await this.#alive().call("infer", { id: this.#id, bytes: toBytes(input), tier });
    return this.#windowView.show(batch, 0);
  }

  /**
   * Steps through a stream, one view per byte. The worker computes the next batch while the last one is looked at, so
   * the session may be up to two batches ahead of what was yielded when the loop is left.
   */
  async *stream(source: t.StreamSource, options: WorkerStreamOptions = {}): AsyncGenerator<StepView, void, undefined> {
    checkOptions(options, workerStreamChecks);
    const { signal, batch = 64, outputs = true } = options;
    let ahead: Promise<Batch> | undefined;
    try {
      for await (const chunk of byteChunks(source, signal)) {
        for (let from = 0; from < chunk.length; from += batch) {
          const next = this.#steps(chunk.slice(from, from + batch), outputs);
          next.catch(() => undefined); // reported when it is awaited
          if (ahead) yield* this.#show(await ahead, signal);
          ahead = next;
        }
        if (ahead) yield* this.#show(await ahead, signal);
        ahead = undefined;
      }
    } finally {
      await ahead?.catch(() => undefined);
    }
  }

  /** Prefills the prompt and appends `n` bytes; await it for the text, or iterate over its pieces. */
  generate(prompt: string | Uint8Array, options: t.GenerateOptions = {}): Generation {
    return new Generation(() => this.#draws(prompt, options), options, 16);
  }

  /** The same byte by byte, each with its logprob and its alternatives; stops with the signal's reason. */
  generateTokens(
    prompt: string | Uint8Array,
    options: t.GenerateOptions = {},
  ): AsyncGenerator<t.GeneratedToken, void, undefined> {
    return tokenStream(() => this.#draws(prompt, options), options, 16);
  }

  /** Counts of the last generation. */
  generateStats(): Promise<t.GenerateStats> {
    return this.#call("generateStats");
  }

  /** All that the session's future depends on; see Session.snapshot. */
  snapshot(): Promise<Uint8Array> {
    return this.#call("snapshot");
  }

  /** Continues where the session of the snapshot stood; rejects with SnapshotError and leaves the session as it was. */
  async restore(snapshot: Uint8Array | ArrayBuffer): Promise<void> {
    await this.#alive().call("restore", { id: this.#id, snapshot: toBytes(snapshot) });
  }

  stats(): Promise<t.SessionStats> {
    return this.#call("stats");
  }

  spike(): Promise<Required<t.SpikePacket>> {
    return this.#call("spike");
  }

  gatePolicy(): Promise<t.GatePolicy> {
    return this.#call("gatePolicy");
  }

  warmup(): Promise<void> {
    return this.#call("warmup");
  }

  reset(): Promise<void> {
    return this.#call("reset");
  }

  get disposed(): boolean {
    return this.#disposed || this.model.disposed;
  }

  /** Gives the memory back; where the model or the worker has gone before, it is back already. */
  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.#caller.call("disposeSession", this.#id).catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  *#show(batch: Batch, signal: AbortSignal | undefined): Generator<StepView> {
    for (let i = 0; i < batch.steps; i++) {
      signal?.throwIfAborted();
      yield this.#streamView.show(batch, i);
    }
  }

  async #steps(tokens: Uint8Array, outputs: boolean, input?: t.StepInput): Promise<Batch> {
    return this.#alive().call("steps", { id: this.#id, tokens, input, outputs });
  }

  async #draws(prompt: string | Uint8Array, { signal, ...options }: t.GenerateOptions): Promise<Draws> {
    const start = (first: Uint8Array) => this.#alive().call("startDrawing", { id: this.#id, prompt: first, options });
    await readPrompt(prompt, signal, start, (piece) => this.prefill(piece));
    return {
      bytes: (count) => this.#alive().call("drawBytes", { id: this.#id, count }),
      tokens: (count) => this.#alive().call("drawTokens", { id: this.#id, count }),
    };
  }

  async #call<Name extends "snapshot" | "stats" | "generateStats" | "gatePolicy" | "spike" | "warmup" | "reset">(
    name: Name,
  ) {
    return this.#alive().call(name, this.#id);
  }

  #alive(): Caller {
    if (this.#disposed) throw new DisposedError("disposed", "the session was disposed of");
    return this.#caller;
  }
}
