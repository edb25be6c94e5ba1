import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const repository = join(dirname(fileURLToPath(import.meta.url)), "../..");
export const at = (...parts) => join(repository, ...parts);

export const nativeProgram = at("build/native/mgt");
export const nativeEngine = at("build/native/mgt_engine");
export const node24 = at("js/node_modules/node/bin/node");
/** The machine's own Node, not the one that npm's scripts put in front of it. */
export const nodeOfMachine = process.env.MGT_NODE ?? process.execPath;
export const stream = at("bench/streams/dpkg.log");
export const results = at("build/bench");

/** Ends the program with what to run where something that make builds is not there. */
export function requireBuilt(paths) {
  for (const [path, target] of Object.entries(paths)) {
    if (existsSync(path)) continue;
    console.error(`${path} is missing: ${target} makes it`);
    process.exit(1);
  }
}
