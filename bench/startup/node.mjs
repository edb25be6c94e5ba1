// One sample in this process. Usage: node.mjs VARIANT BUILD MODEL
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sample } from "./sample.mjs";

const [variant, build, model] = process.argv.slice(2);
const root = join(fileURLToPath(import.meta.url), "../../..");
const locate = (path) => join(root, path);
const ms = await sample({
  importPackage: () => import("../../js/dist/node.js"),
  read: (path) => readFile(locate(path)),
  locate,
  processorMs: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
  variant,
  build,
  model,
});
ms.since_process_start = performance.now();
console.log(JSON.stringify(ms));
process.exit(0); // a worker would be waited for
