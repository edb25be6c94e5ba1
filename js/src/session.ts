import { Breather } from "./core/breather.js";
import { byteChunks } from "./core/chunks.js";
import type { Addresses, EmbindSession, Exports } from "./core/embind.js";
import { Drawing, readDraw } from "./core/drawing.js";
import { Generation, tokenStream } from "./core/generation.js";
import { Latency } from "./core/latency.js";
import { policies } from "./core/names.js";
import { decodePolicy, encodeGenerateOptions, integer } from "./core/options.js";
import { writePackets } from "./core/packets.js";
import type { Runtime } from "./core/runtime.js";
import { decodeStats } from "./core/stats.js";
import { StepView } from "./core/step-view.js";
import { toBytes } from "./core/utf8-encoder.js";
import { DisposedError, InputError } from "./errors.js";
import type { Model } from "./model.js";
import type * as t from "./types.js";

/** Frees the memory of sessions that were dropped without dispose(). */
const net = new FinalizationRegistry<EmbindSession>((core) => core.delete());

/**
 * One stream through one model: KV cache, stream memory, gate and witness chain. All of its memory is allocated when
 * it is created; a step allocates nothing. Results are views that the next call on the session overwrites.
 */
export class Session {
  readonly model: Model;
  readonly options: Readonly<t.SessionOptions>;
  readonly plan: Readonly<t.SessionPlan>;
  readonly #core: EmbindSession;
  readonly #runtime: Runtime;
  readonly #exports: Exports;
  readonly #at: Addresses;
  readonly #streamView: StepView;
  readonly #windowView: StepView;
  readonly #latency: Latency | undefined;
  #self: number;
  #streamPlaced = false;

  /** @internal Use model.createSession(). */
  constructor(model: Model, core: EmbindSession, runtime: Runtime, options: t.SessionOptions, plan: t.SessionPlan) {
    this.model = model;
    this.options = Object.freeze({ ...options });
    this.plan = Object.freeze(plan);
    this.#core = core;
    this.#runtime = runtime;
    this.#exports = runtime.exports;
    this.#at = core.addresses();
    this.#self = this.#at.self;
    this.#streamView = new StepView(runtime, runtime.layout);
    this.#windowView = new StepView(runtime, runtime.layout);
    this.#latency = options.timing ? new Latency() : undefined;
    net.register(this, core, this);
  }

  /**
   * Consumes one byte of the stream; returns the next byte's distribution and why that much was computed.
   * Allocates nothing. Throws InputError where the token is not 0 to 255, and leaves the session unchanged.
   */
  step(token: number, input?: t.StepInput): StepView {
    if (this.#self === 0 || (token & 255) !== token) this.#refuse(token);
    if (this.#latency) return this.#timedStep(this.#latency, token, input);
    return this.#step(token, input);
  }

  /** Consumes many bytes at tier 0 in batches; leaves what stepping through them at tier 0 would leave. */
  prefill(input: string | Uint8Array | ArrayBuffer): StepView {
    this.#checkAlive();
    const bytes = toBytes(input);
    let from = 0;
    do {
      const part = bytes.subarray(from, (from += this.#at.inputBytes));
      this.#runtime.bytes.set(part, this.#at.input);
      this.#check(this.#exports.mgt_prefill(this.#self, part.length));
    } while (from < bytes.length);
    return this.#placed();
  }

  /**
   * Window mode: the distribution after the last of up to `contextLength` bytes, independent of the stream and leaving
   * it unchanged. Tier 3 repeats the previous answer of window mode.
   */
  infer(input: string | Uint8Array | ArrayBuffer, tier: t.Tier = 0): StepView {
    this.#checkAlive();
    const bytes = toBytes(input);
    this.#runtime.bytes.set(bytes.subarray(0, this.#at.inputBytes), this.#at.input);
    this.#check(this.#exports.mgt_infer(this.#self, bytes.length, integer("tier", tier, 3)));
    this.#place(this.#windowView);
    return this.#windowView;
  }

  /**
   * Steps through a stream as it comes, one view per byte. Asks its source for more only when the consumer asks for
   * more; lets the event loop run every few milliseconds; stops with the signal's reason.
   */
  async *stream(source: t.StreamSource, { signal }: t.StreamOptions = {}): AsyncGenerator<StepView, void, undefined> {
    const breather = new Breather();
    for await (const chunk of byteChunks(source, signal)) {
      for (let i = 0; i < chunk.length; i++) {
        if ((i & 15) === 0 && breather.due) await breather.breathe();
        signal?.throwIfAborted();
        yield this.step(chunk[i] as number);
      }
    }
  }

  /** Prefills the prompt and appends `n` bytes; await it for the text, or iterate over its pieces. */
  generate(prompt: string | Uint8Array, options: t.GenerateOptions = {}): Generation {
    return new Generation(() => this.startDrawing(prompt, options), options, options.signal ? 1 : 16);
  }

  /** The same byte by byte, each with its logprob and its alternatives; stops with the signal's reason. */
  generateTokens(
    prompt: string | Uint8Array,
    options: t.GenerateOptions = {},
  ): AsyncGenerator<t.GeneratedToken, void, undefined> {
    return tokenStream(() => this.startDrawing(prompt, options), options, 1);
  }

  /** @internal Prefills the prompt; each draw then takes a byte and steps through it. */
  startDrawing(prompt: string | Uint8Array, options: t.GenerateOptions): Drawing {
    const encoded = encodeGenerateOptions(options);
    const bytes = toBytes(prompt);
    if (bytes.length > 0) this.prefill(bytes);
    this.#checkAlive();
    this.#check(this.#core.startGenerating(encoded));
    const drawn = this.#at.draw;
    const draw = () => {
      this.#checkAlive();
      this.#check(this.#exports.mgt_generate_next(this.#self));
      return this.#runtime.view.getUint32(drawn, true);
    };
    return new Drawing(draw, () => readDraw(this.#runtime, drawn));
  }

  /** Runs a few hundred steps in a session of its own, so that the engine has compiled the hot path. */
  warmup(): void {
    this.#checkAlive();
    const other = this.model.createSession({ ...this.options, timing: false });
    try {
      for (let i = 0; i < 256; i++) other.step(32 + ((i * i) % 91), { tier: (i & 3) as t.Tier });
      other.infer(new Uint8Array(this.model.config.contextLength).fill(32));
    } finally {
      other.dispose();
    }
  }

  /** Totals since creation or reset(). */
  get stats(): t.SessionStats {
    this.#checkAlive();
    return decodeStats(this.#core.stats(), this.#latency);
  }

  /** The thresholds in force. */
  get gatePolicy(): t.GatePolicy {
    this.#checkAlive();
    return decodePolicy(this.#core.policy());
  }

  get policy(): t.Policy {
    this.#checkAlive();
    return policies[this.#core.policyKind()] as t.Policy;
  }

  /** Attention window in force. */
  get window(): number {
    this.#checkAlive();
    return this.#core.window();
  }

  get disposed(): boolean {
    return this.#self === 0;
  }

  /** Forgets the stream: as new, without allocating. */
  reset(): void {
    this.#checkAlive();
    this.#core.reset();
    this.#latency?.clear();
  }

  /** Gives the memory back. Calling it again does nothing; any other call then throws DisposedError. */
  dispose(): void {
    if (this.#self === 0) return;
    this.#self = 0;
    net.unregister(this);
    this.#core.delete();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #step(token: number, input?: t.StepInput): StepView {
    const status =
      input === undefined ? this.#exports.mgt_step(this.#self, token) : this.#stepWith(this.#self, token, input);
    if (status !== 0) throw this.#runtime.lastError();
    return this.#streamPlaced ? this.#streamView : this.#placed();
  }

  #stepWith(self: number, token: number, input: t.StepInput): number {
    const tier = input.tier === undefined ? -1 : integer("tier", input.tier, 3);
    return this.#exports.mgt_step_with(self, token, tier, writePackets(this.#runtime, this.#at, input));
  }

  #timedStep(latency: Latency, token: number, input?: t.StepInput): StepView {
    const start = performance.now();
    const view = this.#step(token, input);
    latency.add(performance.now() - start);
    return view;
  }

  /** The stream's view, whose addresses stay the same for the session's life. */
  #placed(): StepView {
    if (!this.#streamPlaced) this.#place(this.#streamView);
    this.#streamPlaced = true;
    return this.#streamView;
  }

  #place(view: StepView): void {
    const result = new Uint32Array(this.#runtime.bytes.buffer, this.#at.result, 3);
    const [logits = 0, probabilities = 0, witness = 0] = result;
    view.moveTo(logits, probabilities, witness);
  }

  #check(status: number): void {
    if (status !== 0) throw this.#runtime.lastError();
  }

  #checkAlive(): void {
    if (this.#self === 0) throw new DisposedError("disposed", "the session was disposed of");
  }

  #refuse(token: number): never {
    this.#checkAlive();
    throw new InputError("token_out_of_range", `token is ${token}, the vocabulary has 256`);
  }
}
