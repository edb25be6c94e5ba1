// Streams many megabytes through one session of the command line and watches the memory of the process: after the
// first tenth of the stream it may not grow by more than 2 MB.
//
// Usage: node scripts/soak.mjs [--megabytes N]
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { values } = parseArgs({ options: { megabytes: { type: "string", default: "64" } } });
const totalBytes = Number(values.megabytes) * 1e6;
const allowedGrowthKb = 2048;

const folder = join(root, "bench/streams");
const streams = readdirSync(folder).sort().map((name) => readFileSync(join(folder, name)));
const child = spawn(join(root, "build/native/mgt"), ["run", "--json", "-"], { stdio: ["pipe", "pipe", "inherit"] });
let output = "";
child.stdout.on("data", (text) => (output += text));
const ended = new Promise((resolve) => child.on("close", resolve));

let sent = 0;
let settledKb = 0;
let largestKb = 0;
for (let i = 0; sent < totalBytes && child.exitCode === null; i++) {
  const bytes = streams[i % streams.length];
  for (let at = 0; at < bytes.length && sent < totalBytes; at += 65536) {
    const piece = bytes.subarray(at, at + 65536);
    if (!child.stdin.write(piece)) await new Promise((resolve) => child.stdin.once("drain", resolve));
    sent += piece.length;
    const residentKb = residentSizeKb(child.pid);
    if (sent < totalBytes / 10) settledKb = Math.max(settledKb, residentKb);
    largestKb = Math.max(largestKb, residentKb);
  }
  process.stderr.write(`\r${(sent / 1e6).toFixed(1)} MB sent, ${largestKb} kB resident at most`);
}
child.stdin.end();
const code = await ended;
process.stderr.write("\n");
if (code !== 0) throw new Error(`mgt ended with ${code}`);

const { tokens, tokens_per_second } = JSON.parse(output);
const growthKb = largestKb - settledKb;
console.log(JSON.stringify({ tokens, tokens_per_second, settled_kb: settledKb, largest_kb: largestKb, growth_kb: growthKb }));
if (growthKb > allowedGrowthKb) {
  console.error(`soak: memory grew by ${growthKb} kB, allowed are ${allowedGrowthKb} kB`);
  process.exitCode = 1;
}

/** Resident set of a process in kB (Linux), 0 where it is gone. */
function residentSizeKb(pid) {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
