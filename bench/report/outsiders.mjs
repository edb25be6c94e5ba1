// What a general predictor makes of the same streams: PPMd of order 16, as 7-Zip has it (Shkarin, "PPM: one step to
// practicality", DCC 2002).
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { plain, share, table } from "./format.mjs";

/** Nats per byte of a file under PPMd, from the size of its packed stream alone (7-Zip's headers left out). */
export function ppmdNatsPerByte(file, bytes) {
  const folder = mkdtempSync(join(tmpdir(), "mgt-ppmd-"));
  try {
    const archive = join(folder, "stream.7z");
    execFileSync("7z", ["a", "-m0=PPMd:o=16:mem=256m", "-mmt=1", archive, file], { stdio: "ignore" });
    const listing = execFileSync("7z", ["l", "-slt", archive]).toString();
    const packed = Number(listing.match(/^Packed Size = (\d+)/m)[1]);
    return (packed * 8 * Math.LN2) / bytes;
  } catch (error) {
    if (error.code === "ENOENT") throw new Error("7z is not installed: make setup-report", { cause: error });
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** rows: [{stream, ppmd, dense, gated}] in nats per byte of the whole file, all from a fresh start. */
export function outsiderSection({ outsiders }) {
  const rows = outsiders.map(({ stream, ppmd, dense, gated }) => [
    stream,
    plain(ppmd, 4),
    plain(dense, 4),
    share(dense / ppmd - 1),
    plain(gated, 4),
    share(gated / ppmd - 1),
  ]);
  const head = ["nats per byte", "PPMd, order 16", "dense mixture", "against it", "gated, `default`", "against it"];
  return `### Beside a general predictor\n\nWhole streams, none of them seen in training, from a fresh start. At least 20 % below PPMd was wanted of the dense mixture.\n\n${table(head, rows)}`;
}
