import type { Client } from "./client.js";
import type { Batch, Policy, Rate } from "./protocol.js";
import type { WitnessStore } from "./witness/store.js";

/** How a run is to be done; asked for when it starts. */
export interface RunOptions {
  policy: Policy;
  dense: boolean;
  rate: Rate;
}

/** One stream and how far it has been read: starts, holds and steps the worker's run, and keeps what comes back. */
export class Player {
  readonly store: WitnessStore;
  /** Name of the stream that is read; undefined before the first one. */
  stream: string | undefined;
  bytes: Uint8Array = new Uint8Array();
  running = false;
  /** The last batch of the current run. */
  batch: Batch | undefined;
  /** A model is loaded. */
  ready = false;
  #client: Client;
  #options: () => RunOptions;
  #run = 0;

  constructor(client: Client, store: WitnessStore, options: () => RunOptions) {
    this.#client = client;
    this.store = store;
    this.#options = options;
  }

  /** Everything that there is has been read. */
  get drained(): boolean {
    return this.store.length >= this.bytes.length;
  }

  /** From the first byte again, held where it was held. */
  restart(): void {
    this.store.clear();
    this.batch = undefined;
    if (!this.ready) return;
    const { policy, dense } = this.#options();
    this.#client.send({ type: "start", run: ++this.#run, bytes: this.bytes, policy, dense });
  }

  /** Goes on with a longer form of what it reads; false, and nothing done, where the text is another one. */
  grow(stream: string, bytes: Uint8Array): boolean {
    const begun = this.ready && this.bytes.length > 0 && stream === this.stream;
    if (!begun || !isLonger(bytes, this.bytes)) return false;
    this.#client.send({ type: "append", bytes: bytes.slice(this.bytes.length) });
    this.bytes = bytes;
    return true;
  }

  /** Also takes up a new speed. */
  setRunning(running: boolean): void {
    this.running = running && this.ready;
    this.#client.send({ type: "pace", rate: this.running ? this.#options().rate : 0 });
  }

  /** Reads one byte; a run that goes on is held instead. */
  step(): void {
    if (this.running) this.setRunning(false);
    else this.#client.send({ type: "step" });
  }

  /** False where the batch belongs to a run that is over. */
  take(batch: Batch): boolean {
    if (batch.run !== this.#run) return false;
    this.store.append(batch);
    this.batch = batch;
    return true;
  }
}

/** True where `bytes` is `start` with more at its end. */
function isLonger(bytes: Uint8Array, start: Uint8Array): boolean {
  if (bytes.length <= start.length) return false;
  for (let i = 0; i < start.length; i++) if (bytes[i] !== start[i]) return false;
  return true;
}
