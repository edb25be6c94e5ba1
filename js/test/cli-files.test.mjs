// Files that Node's command line writes: what it replaces, and what it must not.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { cliPath, modelPath, nativePath, runCli, sampleBytes } from "./support.mjs";

const folder = mkdtempSync(join(tmpdir(), "mgt-files-"));
const at = (name) => join(folder, name);
const input = at("stream.log");
writeFileSync(input, sampleBytes);
after(() => rmSync(folder, { recursive: true }));

test("a replaced file keeps its permissions, a link stays a link", () => {
  const home = at("replaced");
  mkdirSync(home);
  const [file, link, dangling] = ["file", "link", "dangling"].map((name) => join(home, name));
  const save = (path) => runCli(["run", "--limit", "5", "--save-state", path, input]);
  writeFileSync(file, "old");
  chmodSync(file, 0o600);
  symlinkSync("file", link);
  symlinkSync("made", dangling);
  for (const path of [link, dangling]) {
    const { status, stderr } = save(path);
    assert.equal(status, 0, stderr);
    assert.ok(lstatSync(path).isSymbolicLink());
  }
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.ok(statSync(file).size > 1000);
  assert.deepEqual(readFileSync(join(home, "made")), readFileSync(file));
  assert.match(save(home).stderr, /replaced: /);
  assert.deepEqual(readdirSync(home).sort(), ["dangling", "file", "link", "made"]);
});

test("a pipe is written to, not replaced", async () => {
  const pipe = at("pipe");
  assert.equal(spawnSync("mkfifo", [pipe]).status, 0);
  const reader = spawn("cat", [pipe]);
  const parts = [];
  reader.stdout.on("data", (part) => parts.push(part));
  const closed = once(reader, "close");
  const { status, stderr } = runCli(["run", "--limit", "5", "--save-state", pipe, input]);
  assert.equal(status, 0, stderr);
  await closed;
  runCli(["run", "--limit", "5", "--save-state", at("plain.state"), input]);
  assert.deepEqual(Buffer.concat(parts), readFileSync(at("plain.state")));
  assert.ok(lstatSync(pipe).isFIFO());
});

test("outputs that would overwrite an input or each other are refused before anything is written", () => {
  const [model, state] = [at("own.gguf"), at("own.state")];
  writeFileSync(model, readFileSync(modelPath));
  assert.equal(runCli(["run", "--save-state", state, input]).status, 0);
  const before = [model, state, input].map((path) => readFileSync(path));
  symlinkSync("own.gguf", at("linked.gguf"));
  for (const [options, first, second] of [
    [["--model", model, "--trace", model], "--trace", "--model"],
    [["--model", model, "--save-state", at("linked.gguf")], "--save-state", "--model"],
    [["--load-state", state, "--trace", state], "--trace", "--load-state"],
    [["--trace", at("new"), "--save-state", join(folder, ".", "new")], "--save-state", "--trace"],
    [["--trace", input], "--trace", "FILE"],
  ]) {
    const { status, stderr } = runCli(["run", ...options, input]);
    assert.equal(status, 2, stderr);
    assert.match(stderr, new RegExp(`${first} .*: is the file of ${second}`));
  }
  assert.deepEqual(
    [model, state, input].map((path) => readFileSync(path)),
    before,
  );
  assert.ok(!existsSync(at("new")));
  assert.equal(runCli(["run", "--load-state", state, "--save-state", state, input]).status, 0);
});

test("an input that fails leaves a trace as it was", () => {
  const trace = at("kept.jsonl");
  writeFileSync(trace, "kept");
  const { status, stderr } = runCli(["run", "--trace", trace, "-"], { input: "" });
  assert.equal(status, 1);
  assert.match(stderr, /stdin: empty/);
  assert.equal(readFileSync(trace, "utf8"), "kept");
});

for (const [name, program, skip] of [
  ["Node", [process.execPath, cliPath], false],
  ["the native program", [nativePath], !existsSync(nativePath)],
]) {
  test(`${name} says so where a file system takes no more of a trace or a state`, { skip }, () => {
    const home = at(`limited-${program.length}`);
    mkdirSync(home);
    for (const option of ["--trace", "--save-state"]) {
      const args = [...program, "run", "--limit", "600", option, join(home, option), input];
      const { status, stderr } = spawnSync("bash", ["-c", 'ulimit -f 100; exec "$@"', "-", ...args], {
        encoding: "utf8",
        env: { ...process.env, MGT_MODEL: modelPath },
      });
      assert.equal(status, 1, stderr);
      assert.match(stderr, new RegExp(`^mgt: .*${option}: File too large$`, "m"));
    }
    assert.deepEqual(readdirSync(home), ["--trace"]);
  });
}

test("a file over the limit is refused before it is read", () => {
  const large = at("large.gguf");
  writeFileSync(large, "");
  truncateSync(large, 3 * 2 ** 30);
  const { status, stderr } = runCli(["run", "--model", large, input]);
  assert.equal(status, 1);
  assert.match(stderr, /large\.gguf: over the limit of 2147483648 bytes/);
});
