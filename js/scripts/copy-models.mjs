// Before packing: the shipped models go into the package.
import { cpSync, existsSync, mkdirSync } from "node:fs";

const from = new URL("../../models/", import.meta.url);
const to = new URL("../models/", import.meta.url);
mkdirSync(to, { recursive: true });
for (const name of ["baseline-q4_q8.gguf", "baseline-q4_0.gguf", "micro-q8_0.gguf"]) {
  if (!existsSync(new URL(name, from))) throw new Error(`models/${name} is missing: it is part of the package`);
  cpSync(new URL(name, from), new URL(name, to));
}
