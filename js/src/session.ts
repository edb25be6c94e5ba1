import { Breather } from "./core/breather.js";
import { integer } from "./core/checks.js";
import { byteChunks } from "./core/chunks.js";
import { Drawing, readDraw } from "./core/drawing.js";
import type { Exports } from "./core/exports.js";
import { Generation, readPrompt, tokenStream } from "./core/generation.js";
import { Latency } from "./core/latency.js";
import { policies } from "./core/names.js";
import { checkStreamOptions, decodePolicy, encodeGenerateOptions } from "./core/options.js";
import { checkStepInput, readSpikePacket, writePackets } from "./core/packets.js";
import type { Addresses } from "./core/record-types.js";
import type { Records } from "./core/records.js";
import type { Runtime } from "./core/runtime.js";
import { decodeStats } from "./core/stats.js";
import { StepView } from "./core/step-view.js";
import { checkToken, isToken } from "./core/tokens.js";
import { toBytes } from "./core/utf8-encoder.js";
import { DisposedError } from "./errors.js";
import type { Model } from "./model.js";
import type * as t from "./types.js";

/** Frees the memory of sessions that were dropped without dispose(). */
const net = new FinalizationRegistry<[Exports, number]>(([exports, self]) => exports.mgt_free_session(self));

/**
 * One stream through one model: KV cache, stream memory, gate and witness chain. All of its memory is allocated when
 * it is created; a step allocates nothing. Results are views that the next call on the session overwrites.
 */
export class Session {
  readonly model: Model;
  readonly options: Readonly<t.SessionOptions>;
  readonly plan: Readonly<t.SessionPlan>;
  readonly #runtime: Runtime;
  readonly #exports: Exports;
  readonly #records: Records;
  readonly #at: Addresses;
  readonly #streamView: StepView;
  readonly #windowView: StepView;
  readonly #latency: Latency | undefined;
  /** The core's object, 0 when disposed of. */
  #self: number;
  #streamPlaced = false;

  /** @internal Use model.createSession(). */
  constructor(model: Model, self: number, runtime: Runtime, options: t.SessionOptions, plan: t.SessionPlan) {
    this.model = model;
    this.options = Object.freeze({ ...options });
    this.plan = Object.freeze(plan);
    this.#self = self;
    this.#runtime = runtime;
    this.#exports = runtime.exports;
    this.#records = runtime.records;
    this.#at = this.#records.read("Addresses", this.#exports.mgt_session_addresses(self));
    const logitsOf = (answer: number): number => {
      this.#checkAlive();
      return this.#exports.mgt_answer_logits(answer);
    };
    this.#streamView = new StepView(runtime, runtime.layout, logitsOf);
    this.#windowView = new StepView(runtime, runtime.layout, logitsOf);
    this.#latency = options.timing ? new Latency() : undefined;
    net.register(this, [this.#exports, self], this);
  }

  /**
   * Consumes one byte of the stream; returns the next byte's distribution and why that much was computed.
   * Allocates nothing. Throws InputError where the token is not 0 to 255, and leaves the session unchanged.
   */
  step(token: number, input?: t.StepInput): StepView {
    if (this.#self === 0 || !isToken(token)) this.#refuse(token);
    if (this.#latency) return this.#timedStep(this.#latency, token, input);
    return this.#step(token, input);
  }

  /** Consumes many bytes at tier 0 in batches; leaves what stepping through them at tier 0 would leave. */
  prefill(input: string | Uint8Array | ArrayBuffer): StepView {
    return this.#inPieces(input, this.#exports.mgt_prefill);
  }

  /** Consumes many bytes without running a layer: each is a step at tier 3, answered by the stream memory. */
  push(input: string | Uint8Array | ArrayBuffer): StepView {
    return this.#inPieces(input, this.#exports.mgt_push);
  }

  /**
   * Answers the last byte again, now after all layers; under policy `exact` with the dense model's logits. What the
   * bytes before it owe is computed in batches. Computes nothing where the answer is one of all layers already.
   */
  logits(): StepView {
    this.#checkAlive();
    this.#check(this.#exports.mgt_logits(this.#self));
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
  async *stream(source: t.StreamSource, options: t.StreamOptions = {}): AsyncGenerator<StepView, void, undefined> {
    checkStreamOptions(options);
    const { signal } = options;
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
    return new Generation(() => this.#draws(prompt, options), options, options?.signal ? 1 : 16);
  }

  /** The same byte by byte, each with its logprob and its alternatives; stops with the signal's reason. */
  generateTokens(
    prompt: string | Uint8Array,
    options: t.GenerateOptions = {},
  ): AsyncGenerator<t.GeneratedToken, void, undefined> {
    return tokenStream(() => this.#draws(prompt, options), options, 1);
  }

  /** Counts of the last generation. */
  get generateStats(): t.GenerateStats {
    this.#checkAlive();
    return this.#records.read("GenerateStats", this.#exports.mgt_generate_stats(this.#self));
  }

  /** @internal Prefills the prompt; each draw then takes a byte and steps through it. */
  startDrawing(prompt: string | Uint8Array, options: t.GenerateOptions): Drawing {
    const encoded = encodeGenerateOptions(options);
    this.#checkAlive();
    const bytes = toBytes(prompt);
    const first = bytes.subarray(0, this.#at.inputBytes);
    this.#runtime.bytes.set(first, this.#at.input);
    this.#records.write("GenerateOptions", this.#exports.mgt_generate_options(), encoded);
    this.#check(this.#exports.mgt_generate_start(this.#self, first.length));
    if (bytes.length > first.length) this.prefill(bytes.subarray(first.length));
    const drawn = this.#at.draw;
    const draw = () => {
      this.#checkAlive();
      this.#check(this.#exports.mgt_generate_next(this.#self));
      return this.#runtime.view.getUint32(drawn, true);
    };
    return new Drawing(draw, () => readDraw(this.#runtime, drawn));
  }

  #draws(prompt: string | Uint8Array, options: t.GenerateOptions): Promise<Drawing> {
    const start = (first: Uint8Array) => this.startDrawing(first, options);
    return readPrompt(prompt, options.signal, start, (piece) => this.prefill(piece));
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
    const stats = this.#records.read("SessionStats", this.#exports.mgt_session_stats(this.#self));
    return decodeStats(stats, this.#latency);
  }

  /** The thresholds in force. */
  get gatePolicy(): t.GatePolicy {
    this.#checkAlive();
    return decodePolicy(this.#records.read("GatePolicy", this.#exports.mgt_session_policy(this.#self)));
  }

  get policy(): t.Policy {
    this.#checkAlive();
    return policies[this.#exports.mgt_session_policy_kind(this.#self)] as t.Policy;
  }

  /** Attention window in force. */
  get window(): number {
    this.#checkAlive();
    return this.#exports.mgt_session_window(this.#self);
  }

  /** Positions of the replay history in force; 0: off. */
  get replay(): number {
    this.#checkAlive();
    return this.#exports.mgt_session_replay(this.#self);
  }

  /** The deepest tier that fits into the deadline; 0: any. */
  get deadlineTier(): t.Tier {
    this.#checkAlive();
    return this.#exports.mgt_session_deadline_tier(this.#self) as t.Tier;
  }

  get disposed(): boolean {
    return this.#self === 0;
  }

  /**
   * All that the session's future depends on, as bytes that any build of the same version restores: this one, the other
   * wasm build, the native program. Whoever has them can read the stream's recent past.
   */
  snapshot(): Uint8Array<ArrayBuffer> {
    this.#checkAlive();
    const size = this.#exports.mgt_snapshot_bytes(this.#self);
    return this.#runtime.withRoom("snapshot", size, (address) => {
      this.#check(this.#exports.mgt_snapshot(this.#self, address, size));
      return this.#runtime.bytes.slice(address, address + size) as Uint8Array<ArrayBuffer>;
    });
  }

  /**
   * Continues bit for bit where the session of the snapshot stood; `stats` do too, without the latency. Throws
   * SnapshotError where the bytes are damaged or of another version, model or set of options; the session is then
   * unchanged. The bytes may come from a stranger.
   */
  restore(snapshot: Uint8Array | ArrayBuffer): void {
    this.#checkAlive();
    const bytes = toBytes(snapshot);
    this.#runtime.withBytes(bytes, (address) => {
      this.#check(this.#exports.mgt_restore(this.#self, address, bytes.length));
    });
    this.#latency?.clear();
  }

  /**
   * What the last byte was to the library: whether it was news, and where in the 112 bytes before it the stream memory
   * finds what now ends the stream, longest first: `idx` bytes back, with `wQ15` / 1024 bytes (at most 32) in common.
   */
  spike(): Required<t.SpikePacket> {
    this.#checkAlive();
    this.#exports.mgt_session_spike(this.#self);
    return readSpikePacket(this.#runtime, this.#at);
  }

  /** Multiply-adds of the last infer(). */
  get windowMacs(): number {
    this.#checkAlive();
    return this.#exports.mgt_session_window_macs(this.#self);
  }

  /** Forgets the stream: as new, without allocating. */
  reset(): void {
    this.#checkAlive();
    this.#exports.mgt_session_reset(this.#self);
    this.#latency?.clear();
  }

  /** Gives the memory back. Calling it again does nothing; any other call, or read of a view, then throws DisposedError. */
  dispose(): void {
    if (this.#self === 0) return;
    net.unregister(this);
    this.#exports.mgt_free_session(this.#self);
    this.#self = 0;
    this.#streamView.close();
    this.#windowView.close();
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
    checkStepInput(input);
    const tier = input.tier === undefined ? -1 : integer("tier", input.tier, 3);
    return this.#exports.mgt_step_with(self, token, tier, writePackets(this.#runtime, this.#at, input));
  }

  #timedStep(latency: Latency, token: number, input?: t.StepInput): StepView {
    const start = performance.now();
    const view = this.#step(token, input);
    latency.add(performance.now() - start);
    return view;
  }

  #inPieces(input: string | Uint8Array | ArrayBuffer, take: (self: number, nTokens: number) => number): StepView {
    this.#checkAlive();
    const bytes = toBytes(input);
    let from = 0;
    do {
      const part = bytes.subarray(from, (from += this.#at.inputBytes));
      this.#runtime.bytes.set(part, this.#at.input);
      this.#check(take(this.#self, part.length));
    } while (from < bytes.length);
    return this.#placed();
  }

  /** The stream's view, whose addresses stay the same for the session's life. */
  #placed(): StepView {
    if (!this.#streamPlaced) this.#place(this.#streamView);
    this.#streamPlaced = true;
    return this.#streamView;
  }

  #place(view: StepView): void {
    const result = new Uint32Array(this.#runtime.bytes.buffer, this.#at.result, 3);
    const [answer = 0, probabilities = 0, witness = 0] = result;
    view.moveTo(answer, probabilities, witness);
  }

  #check(status: number): void {
    if (status !== 0) throw this.#runtime.lastError();
  }

  #checkAlive(): void {
    if (this.#self === 0) throw new DisposedError("disposed", "the session was disposed of");
  }

  #refuse(token: number): void {
    this.#checkAlive();
    checkToken(token);
  }
}
