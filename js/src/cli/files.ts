// Files and streams: read whole, read in blocks, replaced in one move.
import { randomBytes } from "node:crypto";
import {
  closeSync,
  createReadStream,
  fchmodSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { failInput, failSystem, failUsage } from "./failure.js";

const mostBytes = 2 ** 31; // as the native program

export function readWhole(path: string): Uint8Array {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    const file = openSync(path, "r");
    try {
      const stated = fstatSync(file).size; // 0 of what is no regular file
      if (stated > mostBytes) size = stated;
      for (let n = 1; n > 0 && size <= mostBytes; size += n) {
        const chunk = Buffer.allocUnsafe(size === 0 ? Math.max(stated, 1 << 16) : 1 << 20);
        n = readSync(file, chunk);
        chunks.push(chunk.subarray(0, n));
      }
    } finally {
      closeSync(file);
    }
  } catch (error) {
    failSystem(path, error);
  }
  if (size > mostBytes) failInput(`${path}: over the limit of ${mostBytes} bytes`);
  return Buffer.concat(chunks, size);
}

/**
 * Replaces a file in one move: a reader sees the old file or the new one, never a half. Permissions stay, a link stays a
 * link. What is no regular file (a pipe, a device) cannot be replaced and is written to.
 */
export function writeAtomically(path: string, bytes: Uint8Array): void {
  try {
    const old = statSync(path, { throwIfNoEntry: false });
    const linkToNothing = !old && lstatSync(path, { throwIfNoEntry: false }) !== undefined;
    if (linkToNothing || (old && !old.isFile())) writeFileSync(path, bytes);
    else replaceFile(old ? realpathSync(path) : path, bytes, old?.mode);
  } catch (error) {
    failSystem(path, error);
  }
}

/** Writes next to `path`, syncs, then renames over it. */
function replaceFile(path: string, bytes: Uint8Array, mode: number | undefined): void {
  const temporary = `${path}.${randomBytes(4).toString("hex")}`;
  const file = openSync(temporary, "wx", mode);
  try {
    try {
      if (mode !== undefined) fchmodSync(file, mode); // which the process's umask does not narrow
      writeFileSync(file, bytes);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** A file of the command line, and the option or positional that names it. */
export interface NamedFile {
  option: string;
  path: string | undefined;
}

/** Ends with a usage error where writing a file would overwrite one of the others. */
export function expectApart(written: NamedFile, others: readonly NamedFile[]): void {
  if (written.path === "-") failUsage(`${written.option} -: expected a file; stdout is the report's`);
  const place = placeOf(written.path);
  const other = others.find(({ path }) => place !== undefined && placeOf(path) === place);
  if (other) failUsage(`${written.option} ${written.path}: is the file of ${other.option}; write to another`);
}

/** The same text for all paths that lead to one file, which may not exist yet; undefined where nothing can be lost. */
function placeOf(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    const facts = statSync(path, { throwIfNoEntry: false });
    if (!facts) return join(realpathSync(dirname(path)), basename(path));
    return facts.isFile() ? `${facts.dev}:${facts.ino}` : undefined;
  } catch {
    return undefined; // whoever opens it will say why
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
