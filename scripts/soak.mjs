// Streams many megabytes through one session of the command line and watches the memory of the process: once the stream
// has settled (a tenth of it, but at least 2 MB) the resident size may not grow by more than 2 MB.
//
// Prints one JSON object: steps, wall seconds, tokens per second (of the steps alone), and the resident size in kB at the start, when settled, at
// the end and at its largest. Usage: node scripts/soak.mjs [--megabytes N] [--model M]
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const allowedGrowthKb = 2048;
const leastSettlingBytes = 2e6;
const pieceBytes = 65_536;

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { values } = parseArgs({
  options: { megabytes: { type: "string", default: "64" }, model: { type: "string", default: "baseline" } },
});
const totalBytes = Number(values.megabytes) * 1e6;
const settlingBytes = Math.max(totalBytes / 10, leastSettlingBytes);
if (!(totalBytes > settlingBytes)) {
  console.error(`soak: ${values.megabytes} MB are too few, memory settles within the first ${settlingBytes / 1e6} MB`);
  process.exit(2);
}

const folder = join(root, "bench/streams");
const streams = readdirSync(folder)
  .filter((name) => name.endsWith(".log"))
  .sort()
  .map((name) => readFileSync(join(folder, name)));
const child = spawn(join(root, "build/native/mgt"), ["run", "--json", "--model", values.model, "-"], {
  stdio: ["pipe", "pipe", "inherit"],
});
let output = "";
child.stdout.on("data", (text) => (output += text));
const ended = new Promise((resolve) => child.on("close", resolve));
child.stdin.on("error", () => undefined); // it ended early: its exit code says so below

const memory = { start_kb: 0, settled_kb: 0, end_kb: 0, largest_kb: 0 };
const started = performance.now();
let sent = 0;
for (const piece of pieces()) {
  if (child.exitCode !== null) break;
  if (!child.stdin.write(piece)) await Promise.race([new Promise((go) => child.stdin.once("drain", go)), ended]);
  sent += piece.length;
  look();
}
child.stdin.end();
const code = await ended;
process.stderr.write("\n");
if (code !== 0) throw new Error(`mgt ended with ${code}`);

const { tokens, tokens_per_second } = JSON.parse(output);
const growth_kb = memory.largest_kb - memory.settled_kb;
const wall_seconds = Math.round((performance.now() - started) / 100) / 10;
console.log(
  JSON.stringify({ model: values.model, steps: tokens, wall_seconds, tokens_per_second, ...memory, growth_kb }),
);
if (tokens !== sent) {
  console.error(`soak: ${sent} bytes were sent, ${tokens} were read`);
  process.exitCode = 1;
}
if (growth_kb > allowedGrowthKb) {
  console.error(
    `soak: memory grew by ${growth_kb} kB after the first ${settlingBytes / 1e6} MB, allowed are ${allowedGrowthKb} kB`,
  );
  process.exitCode = 1;
}

/** The sample streams over and over, in pieces, up to the asked-for size. */
function* pieces() {
  let left = totalBytes;
  while (left > 0) {
    for (const bytes of streams) {
      for (let at = 0; at < bytes.length && left > 0; at += pieceBytes) {
        const piece = bytes.subarray(at, Math.min(at + pieceBytes, at + left));
        left -= piece.length;
        yield piece;
      }
    }
  }
}

/** Notes the resident size of the process. */
function look() {
  const kb = residentSizeKb(child.pid);
  if (kb === 0) return;
  memory.start_kb ||= kb;
  if (sent <= settlingBytes) memory.settled_kb = Math.max(memory.settled_kb, kb);
  memory.end_kb = kb;
  memory.largest_kb = Math.max(memory.largest_kb, kb);
  process.stderr.write(`\r${(sent / 1e6).toFixed(1)} of ${values.megabytes} MB, ${kb} kB resident`);
}

/** Resident set of a process in kB (Linux), 0 where it is gone. */
function residentSizeKb(pid) {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
