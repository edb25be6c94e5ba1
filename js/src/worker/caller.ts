import { InputError, WorkerError, errorOf } from "../errors.js";
import type { Progress } from "../load/read-source.js";
import type { Answer, CallName, Calls, WorkerPort } from "./protocol.js";

interface Pending {
  resolve(result: unknown): void;
  reject(error: unknown): void;
  onProgress?: ((progress: Progress) => void) | undefined;
}

/** The page's side: sends numbered calls and hands each answer to whoever asked. */
export class Caller {
  readonly #port: WorkerPort;
  readonly #pending = new Map<number, Pending>();
  #next = 1;
  /** Why there are no more answers. */
  #end: { reason: unknown } | undefined;

  constructor(port: WorkerPort) {
    this.#port = port;
    port.listen(
      (message) => this.#settle(message as Answer),
      (reason) => this.#die(new WorkerError("worker_failed", `the worker stopped: ${reason}`)),
    );
    port.hold(false);
  }

  call<Name extends CallName>(
    name: Name,
    args: Calls[Name][0],
    onProgress?: (progress: Progress) => void,
  ): Promise<Calls[Name][1]> {
    if (this.#end) return Promise.reject(this.#end.reason);
    return new Promise<Calls[Name][1]>((resolve, reject) => {
      const call = this.#next++;
      try {
        this.#port.post({ call, name, args });
      } catch (cause) {
        reject(new InputError("bad_input", `${name}: ${(cause as Error).message}`, { cause }));
        return;
      }
      this.#pending.set(call, { resolve: resolve as (result: unknown) => void, reject, onProgress });
      this.#port.hold(true);
    });
  }

  /** Ends the worker; calls that wait and later ones reject with the reason. */
  terminate(reason: unknown): void {
    this.#port.terminate();
    this.#die(reason);
  }

  #settle(answer: Answer): void {
    const pending = this.#pending.get(answer.call);
    if (!pending) return;
    if ("progress" in answer) {
      try {
        pending.onProgress?.(answer.progress);
        return;
      } catch (error) {
        pending.reject(error); // it is the caller's own, and nobody else is there to catch it
      }
    } else if ("error" in answer) {
      pending.reject(errorOf(answer.error.code ?? "worker_failed", answer.error.message));
    } else {
      pending.resolve(answer.result);
    }
    this.#pending.delete(answer.call);
    if (this.#pending.size === 0) this.#port.hold(false);
  }

  #die(reason: unknown): void {
    this.#end ??= { reason };
    for (const { reject } of this.#pending.values()) reject(this.#end.reason);
    this.#pending.clear();
  }
}
