import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const repository = join(dirname(fileURLToPath(import.meta.url)), "../../..");
export const site = join(repository, "web/dist");

/** What the build put into the page. */
export function catalog() {
  const path = join(site, "catalog.json");
  if (!existsSync(path)) throw new Error("web/dist is not built: npm --prefix web run build");
  return JSON.parse(readFileSync(path, "utf8"));
}
