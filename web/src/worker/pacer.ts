import type { Rate } from "../protocol.js";

/** Milliseconds of work between two looks at the mailbox: less than a frame, so that a pause takes effect at once. */
const turnMs = 12;
const idleMs = 16;

/** Something that takes bytes in small pieces. */
export interface Work {
  /** Takes up to `count` bytes, returns how many it took; 0 means that there are none. */
  advance(count: number): number;
  /** Called after every turn that took something. */
  report(): void;
}

/** Calls `work` at a rate, in turns that leave the worker free to hear messages in between. */
export class Pacer {
  #work: Work;
  #rate: Rate = 0;
  #credit = 0;
  #last = 0;
  #scheduled = false;
  #channel = new MessageChannel();

  constructor(work: Work) {
    this.#work = work;
    this.#channel.port1.onmessage = () => this.#turn();
  }

  set rate(rate: Rate) {
    this.#rate = rate;
    this.#credit = 0;
    this.#last = performance.now();
    this.wake();
  }

  /** There is something to do again. */
  wake(): void {
    if (this.#scheduled || this.#rate === 0) return;
    this.#scheduled = true;
    // A message comes back sooner than a timer, which browsers hold for 4 ms.
    if (this.#rate === Infinity) this.#channel.port2.postMessage(0);
    else setTimeout(() => this.#turn(), idleMs);
  }

  #turn(): void {
    this.#scheduled = false;
    if (this.#rate === 0) return;
    const started = performance.now();
    // Credit that the machine could not use is dropped: a slow machine runs slower instead of falling behind for good.
    const earned = this.#rate === Infinity ? Infinity : ((started - this.#last) / 1000) * this.#rate;
    this.#credit = Math.min(this.#credit + earned, Math.max(1, this.#rate / 10));
    this.#last = started;
    let taken = 0;
    // The first piece is not timed: a worker that lost the processor at the start of its turn has work left all the same.
    while (this.#credit >= 1 && (taken === 0 || performance.now() - started < turnMs)) {
      const n = this.#work.advance(Math.floor(this.#credit));
      if (n === 0) break;
      taken += n;
      this.#credit -= n;
    }
    if (taken > 0) this.#work.report();
    const starved = taken === 0 && this.#credit >= 1;
    if (!starved) this.wake();
  }
}
