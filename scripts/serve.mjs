// Serves the demo page on localhost, with the strict Content-Security-Policy that the package promises to run under.
//
// Usage: node scripts/serve.mjs [--port N] [--root FOLDER]
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const repository = join(dirname(fileURLToPath(import.meta.url)), "..");
const { values } = parseArgs({ options: { port: { type: "string", default: "8080" }, root: { type: "string" } } });
const folder = values.root ?? (existsSync(join(repository, "web/dist")) ? join(repository, "web/dist") : repository);

const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".log": "text/plain; charset=utf-8",
};
const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; object-src 'none'; base-uri 'none'";

const server = createServer((request, response) => {
  const path = fileOf(new URL(request.url, "http://localhost").pathname);
  if (path === null) {
    response.writeHead(404, { "content-type": "text/plain" }).end("not found\n");
    return;
  }
  response.writeHead(200, {
    "content-type": types[extname(path)] ?? "application/octet-stream",
    "content-length": statSync(path).size,
    "content-security-policy": policy,
    // Isolated pages get a clock of 5 microseconds instead of 100.
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "cache-control": "no-cache",
  });
  createReadStream(path).pipe(response);
});

/** The file behind a URL path inside the served folder, or null. */
function fileOf(urlPath) {
  let path;
  try {
    path = normalize(join(folder, decodeURIComponent(urlPath)));
  } catch {
    return null; // a malformed escape
  }
  if (path !== folder && !path.startsWith(folder + sep)) return null;
  if (existsSync(path) && statSync(path).isDirectory()) path = join(path, "index.html");
  return existsSync(path) && statSync(path).isFile() ? path : null;
}

server.listen(Number(values.port), "127.0.0.1", () => {
  const page = folder === repository ? "web/" : "";
  console.log(`http://localhost:${server.address().port}/${page}  (Ctrl-C ends it)`);
});
