// The other end of the engines' line protocol: a program that is started, asked, and ended.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";

/** Where taskset is, a program and its threads stay on one CPU. */
export function pinned(cpu, [program, ...args]) {
  const taskset = ["/usr/bin/taskset", "/bin/taskset"].find((path) => existsSync(path));
  return taskset && cpu !== undefined ? [taskset, "-c", String(cpu), program, ...args] : [program, ...args];
}

export class Engine {
  #child;
  #lines;
  #opened = new Set();

  constructor(command, cpu) {
    const [program, ...args] = pinned(cpu, command);
    this.#child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async ask(request) {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`the engine ended at ${request.op} ${request.id ?? ""}`);
    const reply = JSON.parse(value);
    if (reply.error) throw new Error(`${request.op} ${request.id ?? ""}: ${reply.error}`);
    return reply;
  }

  async open(request) {
    if (this.#opened.has(request.id)) return;
    await this.ask({ op: "open", ...request });
    this.#opened.add(request.id);
  }

  /** Ends the program by closing its input. */
  async close() {
    const ended = once(this.#child, "exit");
    this.#child.stdin.end();
    await ended;
  }
}
