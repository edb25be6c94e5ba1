import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { repository } from "./paths.mjs";

/** Streams bytes through the native program (MGT_CLI, or the one that make native builds); returns what `mgt run --json` says. */
export function runNative({ bytes, model, policy }) {
  const program = process.env.MGT_CLI ?? join(repository, "build/native/mgt");
  if (!existsSync(program)) throw new Error(`${program} is missing: make native builds it`);
  const args = ["run", "--json", "--model", model, "--policy", policy, "-"];
  return JSON.parse(execFileSync(program, args, { input: bytes, encoding: "utf8", stdio: ["pipe", "pipe", "ignore"] }));
}
