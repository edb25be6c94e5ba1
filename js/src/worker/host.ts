import { vocabSize } from "../core/step-view.js";
import type { StepView } from "../core/step-view.js";
import type { Drawing } from "../core/drawing.js";
import { MgtError, WorkerError } from "../errors.js";
import type { LoadModel } from "../load/load-model.js";
import type { Model } from "../model.js";
import type { Session } from "../session.js";
import type { Batch, CallName, Calls, Request, WorkerPort } from "./protocol.js";

type Handlers = {
  [Name in CallName]: (args: Calls[Name][0], call: number) => Promise<Calls[Name][1]> | Calls[Name][1];
};

const outputBytes = 2 * vocabSize * Float32Array.BYTES_PER_ELEMENT;

/** The worker's side: one model, its sessions by number, calls answered in the order in which they come. */
export class Host {
  readonly #port: WorkerPort;
  readonly #loadModel: LoadModel;
  readonly #sessions = new Map<number, Session>();
  readonly #draws = new Map<number, Drawing>();
  readonly #handlers: Handlers;
  #model: Model | undefined;
  #nextId = 1;
  #queue: Promise<void> = Promise.resolve();

  constructor(port: WorkerPort, loadModel: LoadModel) {
    this.#port = port;
    this.#loadModel = loadModel;
    this.#handlers = this.#makeHandlers();
    port.listen(
      (message) => {
        this.#queue = this.#queue.then(() => this.#answer(message as Request));
      },
      () => undefined,
    );
  }

  async #answer({ call, name, args }: Request): Promise<void> {
    try {
      const handler = this.#handlers[name] as (args: unknown, call: number) => unknown;
      const result = await handler(args, call);
      const buffer = (result as Batch | undefined)?.buffer;
      this.#port.post({ call, result }, buffer instanceof ArrayBuffer ? [buffer] : []);
    } catch (error) {
      const code = error instanceof MgtError ? error.code : undefined;
      this.#port.post({ call, error: { code, message: error instanceof Error ? error.message : String(error) } });
    }
  }

  #makeHandlers(): Handlers {
    return {
      load: async ({ source, build, wasm }, call) => {
        const model = await this.#loadModel(typeof source === "string" ? new URL(source) : source, {
          ...(build && { build }),
          ...(wasm && { wasm }),
          onProgress: (progress) => this.#port.post({ call, progress }),
        });
        this.#model = model;
        const { config, name, parameters, sizeBytes, hash, buildReason, arch, runtime } = model;
        const { layout } = runtime;
        return { config, name, parameters, sizeBytes, hash, build: model.build, buildReason, arch, layout };
      },
      createSession: (options) => {
        const session = this.#loaded().createSession(options);
        const id = this.#nextId++;
        this.#sessions.set(id, session);
        const { plan, policy, window, replay, deadlineTier } = session;
        return { id, options: session.options, plan, policy, window, replay, deadlineTier };
      },
      plan: (options) => this.#loaded().plan(options),
      heapBytes: () => this.#loaded().heapBytes,
      steps: ({ id, tokens, input, outputs }) => {
        const session = this.#session(id);
        return this.#batch(tokens.length, outputs, (i) => session.step(tokens[i] as number, input));
      },
      prefill: ({ id, bytes }) => this.#batch(1, true, () => this.#session(id).prefill(bytes)),
      push: ({ id, bytes }) => this.#batch(1, true, () => this.#session(id).push(bytes)),
      logits: (id) => this.#batch(1, true, () => this.#session(id).logits()),
      infer: ({ id, bytes, tier }) => this.#batch(1, true, () => this.#session(id).infer(bytes, tier)),
      startDrawing: ({ id, prompt, options }) => {
        this.#draws.set(id, this.#session(id).startDrawing(prompt, options));
        return undefined;
      },
      drawBytes: ({ id, count }) => this.#drawing(id).bytes(count),
      drawTokens: ({ id, count }) => this.#drawing(id).tokens(count),
      snapshot: (id) => this.#session(id).snapshot(),
      restore: ({ id, snapshot }) => this.#session(id).restore(snapshot) as undefined,
      stats: (id) => this.#session(id).stats,
      generateStats: (id) => this.#session(id).generateStats,
      gatePolicy: (id) => this.#session(id).gatePolicy,
      spike: (id) => this.#session(id).spike(),
      warmup: (id) => this.#session(id).warmup() as undefined,
      reset: (id) => this.#session(id).reset() as undefined,
      disposeSession: (id) => {
        this.#sessions.get(id)?.dispose();
        this.#sessions.delete(id);
        this.#draws.delete(id);
        return undefined;
      },
    };
  }

  /** Packs the results of `steps` calls. */
  #batch(steps: number, outputs: boolean, run: (i: number) => StepView): Batch {
    const { runtime } = this.#loaded();
    const stride = batchStride(runtime.layout.witness.size, outputs);
    const packed = new Uint8Array(steps * stride);
    for (let i = 0; i < steps; i++) {
      const view = run(i);
      const { address } = view.witness;
      packed.set(runtime.bytes.subarray(address, address + runtime.layout.witness.size), i * stride);
      if (!outputs) continue;
      const floats = new Float32Array(packed.buffer, (i + 1) * stride - outputBytes, 2 * vocabSize);
      floats.set(view.logits);
      floats.set(view.probabilities, vocabSize);
    }
    return { buffer: packed.buffer, steps };
  }

  #loaded(): Model {
    return this.#model ?? missing("model");
  }

  #drawing(id: number): Drawing {
    return this.#draws.get(id) ?? missing(`generation of session ${id}`);
  }

  #session(id: number): Session {
    return this.#sessions.get(id) ?? missing(`session ${id}`);
  }
}

/** Bytes of one step in a batch. */
export function batchStride(witnessBytes: number, outputs: boolean): number {
  return ((witnessBytes + 7) & ~7) + (outputs ? outputBytes : 0);
}

function missing(what: string): never {
  throw new WorkerError("worker_failed", `the worker has no ${what}`);
}
