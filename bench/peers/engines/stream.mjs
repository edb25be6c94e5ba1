import { readFileSync } from "node:fs";

/** The next `count` bytes of a file, over and over: what a run consumes. */
export function chunksOf(path, count) {
  const bytes = readFileSync(path);
  let at = 0;
  return () => {
    if (at + count > bytes.length) at = 0;
    at += count;
    return bytes.subarray(at - count, at);
  };
}
