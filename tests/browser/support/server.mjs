import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { stopsAtEnd } from "./cleanup.mjs";
import { repository } from "./paths.mjs";

/** Serves a folder as `make serve` does, on a free port. Returns its address and a function that ends it. */
export async function serve(root) {
  const script = join(repository, "scripts/serve.mjs");
  const server = spawn(process.execPath, [script, "--port", "0", "--root", root], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const stop = stopsAtEnd(() => server.kill());
  const [line] = await once(server.stdout, "data");
  const url = /http:\/\/\S+/.exec(String(line))?.[0];
  if (!url) throw new Error(`the server did not say where it is: ${line}`);
  return { url, stop };
}
