// The line protocol of the engines, for those written in JavaScript; engines/native.cpp describes it.
import { createInterface } from "node:readline";

/** A run may be a promise: then, and only then, it is waited for. */
async function timeRuns(run, { warm_ms, ms, least }) {
  const warmEnd = performance.now() + warm_ms;
  do {
    const pending = run();
    if (pending) await pending;
  } while (performance.now() < warmEnd);
  const us = [];
  const end = performance.now() + ms;
  while (us.length < least || performance.now() < end) {
    const start = performance.now();
    const pending = run();
    if (pending) await pending;
    us.push(1000 * (performance.now() - start));
  }
  return { us };
}

/**
 * Answers requests until stdin ends.
 *
 * about   what this engine is, in words
 * open    makes of an "open" request an object with run() and logits(tokens), which may both be promises
 */
export async function serve({ about, open }) {
  const cases = new Map();
  const answer = async (request) => {
    if (request.op === "about") return { about };
    if (request.op === "open") {
      cases.set(request.id, await open(request));
      return {};
    }
    const one = cases.get(request.id);
    if (request.op === "logits") return { logits: [...(await one.logits(Uint8Array.from(request.tokens)))] };
    return timeRuns(() => one.run(), request);
  };
  for await (const line of createInterface({ input: process.stdin })) {
    let reply;
    try {
      reply = await answer(JSON.parse(line));
    } catch (error) {
      reply = { error: String(error?.stack ?? error) };
    }
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
}
