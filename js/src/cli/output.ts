// Standard output, written at once and in order, with the two ways it fails told apart: the reader left, or the disk did.
import { writeSync } from "node:fs";
import { Failure } from "./failure.js";

/** Whoever read our stdout has gone: nothing is left to say, and nothing went wrong. */
export class BrokenPipe extends Error {}

export function print(text: string | Uint8Array): void {
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  for (let done = 0; done < bytes.length;) {
    try {
      done += writeSync(1, bytes, done);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === "EPIPE") throw new BrokenPipe();
      if (code !== "EAGAIN") throw new Failure("internal", `stdout: ${message}`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5); // a full pipe: its reader needs a moment
    }
  }
}
