// What Node's command line refuses, with which exit code and in which words.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { modelPath, runCli, sampleBytes } from "./support.mjs";

const folder = mkdtempSync(join(tmpdir(), "mgt-refusals-"));
const at = (name) => join(folder, name);
const input = at("stream.log");
writeFileSync(input, sampleBytes);
after(() => rmSync(folder, { recursive: true }));

test("exit codes: 1 bad input, 2 usage", () => {
  const exits = (args, status, message, options) => {
    const result = runCli(args, options);
    assert.equal(result.status, status, `${args.join(" ")}: ${result.stderr}`);
    assert.match(result.stderr, message);
    assert.equal(result.stderr.trimEnd().split("\n").length, 1);
  };
  exits(["run", "no-such-file"], 1, /^mgt: no-such-file: No such file or directory$/m);
  exits(["run", "-"], 1, /empty, expected at least 1 byte/, { input: "" });
  exits(["run", "--model", input, input], 1, /stream\.log/);
  exits(["generate", "--prompt", ""], 1, /empty/);
  exits(["verify", input], 1, /line 1/);
  exits([], 2, /subcommand/);
  exits(["fly"], 2, /fly/);
  exits(["run", "--fly"], 2, /--fly/);
  exits(["run", "--policy", "reckless", input], 2, /reckless.*dense, exact/);
  exits(["run", "--tier", "4", input], 2, /--tier 4/);
  exits(["run", "--window", "1000", input], 2, /1000.*8 to 64/);
  exits(["run", "--policy", "custom", input], 2, /needs --energy-max/);
  exits(["generate", "--prompt", "a", "--temperature", "11"], 2, /11.*0, or 0.01 to 10/);
  exits(["generate", "--prompt", "a", "--top-k", "257"], 2, /--top-k.*257.*0 to 256/);
  exits(["generate", "--prompt", "a", "--top-p", "0"], 2, /--top-p 0.000: expected over 0, at most 1/);
  exits(["generate", "--prompt", "a", "--logprobs", "21"], 2, /--logprobs.*21.*0 to 20/);
  const state = at("exits.state");
  assert.equal(runCli(["run", "--save-state", state, input]).status, 0);
  writeFileSync(at("cut.state"), readFileSync(state).subarray(0, 1000));
  exits(["run", "--load-state", at("none.state"), input], 1, /none\.state: No such file or directory$/m);
  exits(["run", "--load-state", at("cut.state"), input], 1, /cut\.state: snapshot of 1000 bytes, it was written with/);
  exits(["run", "--load-state", input, input], 1, /stream\.log: not a snapshot/);
  exits(["run", "--load-state", state, "--policy", "exact", input], 1, /policy was default in the snapshot's session/);
  exits(["run", "--load-state", state, "--compare", input], 2, /--load-state .*exits\.state: /);
  exits(["run", "--save-state", input, input], 2, /--save-state .*stream\.log: is the file of FILE/);
  exits(["convert", modelPath, at("x.gguf"), "--type", "q3"], 2, /q3/);
  exits(["convert", modelPath, at("x.onnx"), "--type", "onnx"], 2, /native program/);
  exits(["run", input], 2, /MGT_ARCH=avx2.*wasm-simd128/, { env: { MGT_ARCH: "avx2" } });
});

test("options that would have no effect, come twice or say nothing are refused", () => {
  for (const [args, words] of [
    [["bench", "--every", "4"], /--every needs --mode push/],
    [["generate", "--prompt", "a", "--logprobs", "3"], /--logprobs needs --json/],
    [["run", "--policy", "custom", "--energy-hysteresis", "1", input], /--energy-hysteresis needs --energy-max/],
    [["run", "--policy", "dense", "--policy", "exact", input], /--policy: At Most 1 required but received 2/],
    [["generate", "--prompt", "a", "-n4", "-n5"], /-n: At Most 1 required but received 2/],
    [["run", "--model=", input], /--model: 1 required FILE missing/],
    [["run", "--compare=maybe", input], /could not convert: --compare = maybe/],
    [["calibrate"], /calibrate is a command of the native program alone/],
  ]) {
    const { status, stderr } = runCli(args);
    assert.equal(status, 2, stderr);
    assert.match(stderr, words);
  }
  const short = ["--json", "--limit", "50", input];
  assert.equal(JSON.parse(runCli(["run", "--compare=no", ...short]).stdout).dense, undefined);
  assert.ok(JSON.parse(runCli(["run", "--compare=yes", ...short]).stdout).dense);
});

test("a value or a file called -h asks for no help", () => {
  const report = JSON.parse(runCli(["generate", "--json", "--prompt", "-h", "-n", "4"]).stdout);
  assert.equal(report.prompt_tokens, 2);
  assert.match(runCli(["run", "--", "-h"]).stderr, /^mgt: -h: No such file/);
  assert.match(runCli(["run", "--fly", "-h"]).stdout, /^Stream a file/);
});

test("a directory is named as such", () => {
  for (const args of [
    ["run", folder],
    ["run", "--model", folder, input],
  ]) {
    const { status, stderr } = runCli(args);
    assert.equal(status, 1);
    assert.equal(stderr, `mgt: ${folder}: Is a directory\n`);
  }
});

test("a manifest's wrong fields are named, with what is expected", () => {
  const run = (stream, rest = {}) => {
    const streams = [{ name: "a", file: input, calibration_bytes: 400, ...stream }];
    writeFileSync(at("odd.json"), JSON.stringify({ workload: "odd", policy: "exact", streams, ...rest }));
    return runCli(["eval", "--json", "--limit", "50", "--workload", at("odd.json")]);
  };
  assert.equal(run({}).status, 0); // no description
  for (const [stream, words, rest] of [
    [{ calibration_bytes: undefined }, /streams\[0\].calibration_bytes is missing, expected an integer over 0/],
    [{ calibration_bytes: "1000" }, /calibration_bytes is "1000", expected an integer/],
    [{ anomalous_lines: {} }, /anomalous_lines is \{\}, expected pairs of line numbers/],
    [{ anomalous_lines: [[1]] }, /anomalous_lines\[0\] is \[1\], expected \[first, end\)/],
    [{ anomalous_lines: [["a"]] }, /anomalous_lines\[0\] is \["a"\]/],
    [{ anomalous_lines: [[5, 2]] }, /anomalous_lines\[0\] is \[5,2\]/],
    [{ anomalous_lines: [[-1, 3]] }, /anomalous_lines\[0\] is \[-1,3\]/],
    [{ file: 5 }, /file is 5, expected text/],
    [{}, /odd\.json: policy is "reckless", expected one of dense/, { policy: "reckless" }],
    [{}, /streams is \[\], expected at least 1/, { streams: [] }],
    [{}, /streams\[0\] is 5, expected an object/, { streams: [5] }],
  ]) {
    const { status, stderr } = run(stream, rest);
    assert.equal(status, 1, stderr);
    assert.match(stderr, words);
    assert.match(stderr, /odd\.json: /);
  }
});
