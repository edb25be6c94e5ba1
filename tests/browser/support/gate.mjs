// A gate before a server: it keeps a file back as a slow network does, or hangs up as a broken one does.
import { once } from "node:events";
import { createServer, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

/** Time for a page to make something of an answer that has reached its browser. */
const digestMs = 500;

export class Gate {
  #target;
  #server = createServer((asked, answer) => void this.#pass(asked, answer));
  #held = new Map();
  #refused = new Set();

  static async before(url) {
    const gate = new Gate();
    gate.#target = url;
    gate.#server.listen(0, "127.0.0.1");
    await once(gate.#server, "listening");
    return gate;
  }

  get url() {
    return `http://localhost:${this.#server.address().port}/`;
  }

  /** Keeps back the next answer to this path. */
  hold(path) {
    const held = new Held();
    this.#held.set(path, held);
    return held;
  }

  /** Hangs up on whoever asks for this path. */
  refuse(path) {
    this.#refused.add(path);
  }

  stop() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #pass(asked, answer) {
    const path = asked.url.slice(1);
    if (this.#refused.has(path)) return asked.socket.destroy();
    const held = this.#held.get(path);
    this.#held.delete(path);
    await held?.wait(answer);
    const forward = request(new URL(asked.url, this.#target), { headers: asked.headers }, (from) => {
      answer.writeHead(from.statusCode, from.headers);
      from.pipe(answer);
    });
    forward.on("error", () => answer.destroy());
    forward.end();
  }
}

/** One answer that is kept back. */
class Held {
  #arrive;
  #open;
  /** The browser has asked. */
  asked = new Promise((resolve) => (this.#arrive = resolve));
  #opened = new Promise((resolve) => (this.#open = resolve));
  #answer;

  wait(answer) {
    this.#answer = answer;
    this.#arrive();
    return this.#opened;
  }

  /** Lets the answer go and waits until the page has it, or has said that it no longer wants it. */
  async release() {
    await this.asked;
    const over = this.#answer.closed || this.#answer.destroyed ? undefined : once(this.#answer, "close");
    this.#open();
    await over;
    await pause(digestMs);
  }
}
