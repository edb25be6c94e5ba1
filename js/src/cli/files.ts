// Files and streams: read whole, read in blocks, replaced in one move.
import { randomBytes } from "node:crypto";
import {
  closeSync,
  createReadStream,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { failSystem } from "./failure.js";

export function readWhole(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    failSystem(path, error);
  }
}

/** Writes next to `path`, syncs, then renames over it: a reader sees the old file or the new one, never a half. */
export function writeAtomically(path: string, bytes: Uint8Array): void {
  const temporary = `${path}.${randomBytes(4).toString("hex")}`;
  let file: number | undefined;
  try {
    file = openSync(temporary, "wx");
    for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
    fsyncSync(file);
    closeSync(file);
    file = undefined;
    renameSync(temporary, path);
  } catch (error) {
    if (file !== undefined) closeSync(file);
    try {
      unlinkSync(temporary);
    } catch {
      // It was never made.
    }
    failSystem(path, error);
  }
}

/** Whether both paths lead to the same existing file. */
export function sameFile(a: string, b: string): boolean {
  try {
    const [left, right] = [statSync(a), statSync(b)];
    return left.dev === right.dev && left.ino === right.ino;
  } catch {
    return false;
  }
}

let interruptSeen = false;
export const interrupted = () => interruptSeen;

/** A file, or stdin for "-", as its bytes arrive. The first Ctrl-C ends it; the second ends the program. */
export class ByteSource {
  readonly name: string;
  /** Known for regular files. */
  readonly sizeBytes: number | undefined;
  readonly #stream: NodeJS.ReadableStream & { destroy(): void };

  constructor(path: string) {
    this.name = path === "-" ? "stdin" : path;
    try {
      const facts = path === "-" ? undefined : statSync(path);
      this.sizeBytes = facts?.isFile() ? facts.size : undefined;
      this.#stream = path === "-" ? process.stdin : createReadStream(path, { fd: openSync(path, "r") });
    } catch (error) {
      failSystem(path, error);
    }
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of this.#stream) yield chunk as unknown as Uint8Array;
    } catch (error) {
      if (!interruptSeen) failSystem(this.name, error);
    }
  }

  stopOnInterrupt(): void {
    stopOnInterrupt(() => this.#stream.destroy());
  }
}

export function stopOnInterrupt(stop: () => void = () => undefined): void {
  process.once("SIGINT", () => {
    interruptSeen = true;
    stop();
  });
}
