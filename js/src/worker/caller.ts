import { type ErrorCode, WorkerError, errorOf } from "../errors.js";
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
  #dead: WorkerError | undefined;

  constructor(port: WorkerPort) {
    this.#port = port;
    port.listen(
      (message) => this.#settle(message as Answer),
      (reason) => this.#die(`the worker stopped: ${reason}`),
    );
    port.hold(false);
  }

  call<Name extends CallName>(
    name: Name,
    args: Calls[Name][0],
    onProgress?: (progress: Progress) => void,
  ): Promise<Calls[Name][1]> {
    if (this.#dead) return Promise.reject(this.#dead);
    return new Promise<Calls[Name][1]>((resolve, reject) => {
      const call = this.#next++;
      this.#pending.set(call, { resolve: resolve as (result: unknown) => void, reject, onProgress });
      this.#port.hold(true);
      this.#port.post({ call, name, args });
    });
  }

  terminate(): void {
    this.#port.terminate();
    this.#die("the worker was terminated");
  }

  #settle(answer: Answer): void {
    const pending = this.#pending.get(answer.call);
    if (!pending) return;
    if ("progress" in answer) {
      pending.onProgress?.(answer.progress);
      return;
    }
    this.#pending.delete(answer.call);
    if (this.#pending.size === 0) this.#port.hold(false);
    if ("error" in answer)
      pending.reject(errorOf(answer.error.code ?? ("worker_failed" as ErrorCode), answer.error.message));
    else pending.resolve(answer.result);
  }

  #die(reason: string): void {
    this.#dead ??= new WorkerError("worker_failed", reason);
    for (const { reject } of this.#pending.values()) reject(this.#dead);
    this.#pending.clear();
  }
}
