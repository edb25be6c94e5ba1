import type { Reply, Request } from "./protocol.js";

/** The worker, as a function to talk to and a callback to hear from. */
export class Client {
  #worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });

  constructor(onReply: (reply: Reply) => void, onDeath: (message: string) => void) {
    this.#worker.onmessage = ({ data }: MessageEvent<Reply>) => onReply(data);
    this.#worker.onerror = (event) => onDeath(event.message || "the worker's script did not load");
    this.#worker.onmessageerror = () => onDeath("a message could not be read");
  }

  send(request: Request): void {
    this.#worker.postMessage(request);
  }
}
