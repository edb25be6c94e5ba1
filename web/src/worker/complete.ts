import type { Model, Policy, Session } from "mincut-gated-transformer";

const newline = 0x0a;

/** Greedy continuation of a prompt. Keeps one session and forgets the old prompt each time. */
export class Completer {
  #model: Model;
  #session: Session | undefined;
  #policy: Policy | undefined;

  constructor(model: Model) {
    this.#model = model;
  }

  /** Up to `limit` bytes after `prompt`, ending before a line end; with the number of steps each tier took. */
  complete(prompt: Uint8Array, limit: number, policy: Policy): { text: Uint8Array; tiers: number[] } {
    const session = this.#sessionFor(policy);
    session.reset();
    const text = new Uint8Array(limit);
    const tiers = [0, 0, 0, 0];
    let { witness } = session.prefill(prompt);
    let length = 0;
    while (length < limit && witness.topToken !== newline) {
      text[length++] = witness.topToken;
      witness = session.step(witness.topToken).witness;
      tiers[witness.tier] = (tiers[witness.tier] ?? 0) + 1;
    }
    return { text: text.subarray(0, length), tiers };
  }

  dispose(): void {
    this.#session?.dispose();
    this.#session = undefined;
  }

  #sessionFor(policy: Policy): Session {
    if (this.#session && this.#policy === policy) return this.#session;
    this.dispose();
    this.#policy = policy;
    return (this.#session = this.#model.createSession({ policy, coherence: false }));
  }
}
