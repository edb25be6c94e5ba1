// What Node's command line refuses, with which exit code and in which words.
import assert from "node:assert/strict";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { cliPath, modelPath, nativePath, runCli, runProgram, sampleBytes } from "./support.mjs";

const folder = mkdtempSync(join(tmpdir(), "mgt-refusals-"));
const at = (name) => join(folder, name);
const input = at("stream.log");
writeFileSync(input, sampleBytes);
after(() => rmSync(folder, { recursive: true }));
const noNative = !existsSync(nativePath);

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
  exits(
    [],
    2,
    /^mgt: no command: expected run, generate, bench, inspect, convert, verify, eval or calibrate \(see --help\)$/m,
  );
  exits(["fly"], 2, /fly/);
  exits(["run", "--fly"], 2, /--fly/);
  exits(["run", "--policy", "reckless", input], 2, /reckless.*dense, exact/);
  exits(["run", "--tier", "4", input], 2, /--tier 4/);
  exits(["run", "--window", "1000", input], 2, /1000.*8 to 64/);
  exits(["run", "--policy", "custom", input], 2, /needs --energy-max/);
  exits(["generate", "--prompt", "a", "--temperature", "11"], 2, /11.*0, or 0.01 to 10/);
  exits(["generate", "--prompt", "a", "--top-k", "257"], 2, /--top-k 257: expected a whole number from 0 to 256$/m);
  exits(["generate", "--prompt", "a", "--top-p", "0"], 2, /--top-p 0: expected over 0, at most 1/);
  exits(["generate", "--prompt", "a", "--logprobs", "21"], 2, /--logprobs 21: expected a whole number from 0 to 20$/m);
  exits(["run", "--deadline", "-1", "--step-bounds", "4,3,2,1", input], 2, /^mgt: deadline_us is -1, allowed are 0 to/);
  exits(["calibrate", "--data", input], 1, /5 blocks of 256 bytes, calibrating needs at least 40/);
  exits(["calibrate", "--data", input, "--warm-up", "99999"], 1, /--warm-up 99999: .*nothing is left to count/);
  writeFileSync(at("enough.log"), Buffer.concat(Array(9).fill(sampleBytes)));
  exits(
    ["calibrate", "--data", at("enough.log"), "--risk", "0"],
    1,
    /--risk 0\.0000: no threshold keeps within it at confidence 0\.95 on \d+ blocks; the safest, an energy of 0\.0002, has/,
  );
  exits(["eval", "--workload", "streamin"], 2, /--workload streamin: expected one of streaming, /);
  const state = at("exits.state");
  assert.equal(runCli(["run", "--save-state", state, input]).status, 0);
  writeFileSync(at("cut.state"), readFileSync(state).subarray(0, 1000));
  exits(["run", "--load-state", at("none.state"), input], 1, /none\.state: No such file or directory$/m);
  exits(["run", "--load-state", at("cut.state"), input], 1, /cut\.state: snapshot of 1000 bytes, it was written with/);
  exits(["run", "--load-state", input, input], 1, /stream\.log: not a snapshot/);
  exits(["run", "--load-state", state, "--policy", "exact", input], 1, /policy was default in the snapshot's session/);
  exits(["run", "--load-state", state, "--compare", input], 2, /--load-state .*exits\.state: /);
  exits(["run", "--trace", "-", input], 2, /^mgt: --trace -: expected a file; stdout is the report's$/m);
  exits(["run", "--save-state", input, input], 2, /--save-state .*stream\.log: is the file of FILE/);
  exits(["convert", modelPath, at("x.gguf"), "--type", "q3"], 2, /q3/);
  exits(["convert", modelPath, at("x.onnx"), "--type", "onnx"], 2, /native program/);
  exits(["run", input], 2, /MGT_ARCH=avx2.*wasm-simd128/, { env: { MGT_ARCH: "avx2" } });
});

test("options that would have no effect, come twice or say nothing are refused", () => {
  for (const [args, words] of [
    [["bench", "--every", "4"], /--every needs --mode push/],
    [["bench", "--capacity", "0.5"], /--capacity needs --mode window/],
    [["generate", "--prompt", "a", "--logprobs", "3"], /--logprobs needs --json/],
    [["run", "--policy", "custom", "--energy-hysteresis", "1", input], /--energy-hysteresis needs --energy-max/],
    [["run", "--rules", "lambda_min=1", input], /--rules needs --policy custom, not default/],
    [["run", "--policy", "custom", "--rules", "toString=1", input], /--rules toString=1: expected NAME=NUMBER with/],
    [["run", "--policy", "custom", "--rules", "lambda_min=x", input], /--rules lambda_min x: expected a whole number/],
    [
      ["run", "--policy", "custom", "--rules", "spike_fire_nats=x", input],
      /--rules spike_fire_nats x: expected a number/,
    ],
    [["run", "--policy", "dense", "--policy", "exact", input], /--policy: At Most 1 required but received 2/],
    [["generate", "--prompt", "a", "-n4", "-n5"], /-n: At Most 1 required but received 2/],
    [["run", "--model=", input], /--model=: expected a value behind =$/m],
    [["run", "--compare=", input], /--compare=: expected a value behind =$/m],
    [["run", "--compare=maybe", input], /could not convert: --compare = maybe/],
    [["calibrate"], /--data is required/],
    [["calibrate", "--data", input, "--fit"], /not expected: --fit/],
    [["calibrate", "--data", input, "--risk", "2"], /--risk 2: expected a number from 0 to 1$/m],
    [
      ["calibrate", "--data", input, "--policy", "exact"],
      /--policy exact: expected conservative, default or permissive/,
    ],
    [["calibrate", "--data", input, "--out", input], /--out .*stream\.log: is the file of --data/],
  ]) {
    const { status, stderr } = runCli(args);
    assert.equal(status, 2, stderr);
    assert.match(stderr, words);
  }
  const short = ["--json", "--limit", "50", input];
  assert.equal(JSON.parse(runCli(["run", "--compare=no", ...short]).stdout).dense, undefined);
  assert.ok(JSON.parse(runCli(["run", "--compare=yes", ...short]).stdout).dense);
});

test("numbers are decimal, finite and in the range that the error states", () => {
  const refused = (args, message) => {
    const { status, stderr, stdout } = runCli(args);
    assert.equal(status, 2, args.join(" "));
    assert.equal(stderr, `mgt: ${message}\n`);
    assert.equal(stdout, "");
    if (!noNative) assert.equal(runProgram(nativePath, args).stderr, stderr);
  };
  const limits = "expected a whole number from 1 to 9007199254740992";
  for (const limit of ["0", "-1", "0x10", "1.5", "1e3", " 5", "many", "", "99999999999999999999999"]) {
    refused(["run", "--limit", limit, input], `--limit ${limit}: ${limits}`);
  }
  for (const number of ["nan", "Infinity", "-inf", "1e999", "1e-400", "1e50", "0x10", " 5", "+5", "5e", ".", ""]) {
    refused(["run", "--deadline", number, input], `--deadline ${number}: expected a number`);
  }
  for (const option of ["--memory-confidence", "--exit-confidence", "--energy-max", "--energy-hysteresis"]) {
    refused(["run", "--policy", "custom", option, "0x1", input], `${option} 0x1: expected a number`);
  }
  for (const option of ["--temperature", "--top-p"]) {
    refused(["generate", "--prompt", "x", option, "0x1"], `${option} 0x1: expected a number`);
  }
  const bounds = (text) => ["run", "--deadline", "9", "--step-bounds", text, input];
  refused(bounds("1,,2,3"), "--step-bounds : expected a number");
  refused(bounds("4,3,2,nan"), "--step-bounds nan: expected a number");
  refused(bounds("1,2,3"), "--step-bounds 1,2,3: expected 4 numbers, not 3");
  refused(["run", "--step-bounds", "4,3,2,1", input], "--step-bounds needs --deadline");
});

test("numbers in every decimal form are taken", () => {
  for (const [deadline, us] of [
    ["010", 10],
    [".5", 0.5],
    ["5.", 5],
    ["25e-1", 2.5],
  ]) {
    const args = ["run", "--json", "--limit", "5", "--deadline", deadline, "--step-bounds", "40,20,10,.1,", input];
    const { deadline: report } = JSON.parse(runCli(args).stdout);
    assert.equal(report.us, us);
    assert.deepEqual(report.step_bounds_us, [40, 20, 10, 0.1]);
  }
  const generate = ["generate", "--json", "--prompt", "x", "-n2", "--seed", "010"];
  assert.equal(JSON.parse(runCli(generate).stdout).seed, 10);
  assert.equal(runCli(["generate", "--prompt=a=", "-n", "2"]).status, 0);
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

test("outside of the repository a named workload says what it needs", () => {
  const dist = at("dist");
  cpSync(fileURLToPath(new URL(".", `file://${cliPath}`)), dist, { recursive: true });
  writeFileSync(at("package.json"), '{ "type": "module" }');
  const { status, stderr } = runProgram(process.execPath, [join(dist, "cli.js"), "eval", "--workload", "streaming"]);
  assert.equal(status, 1);
  assert.match(
    stderr,
    /^mgt: no .*streaming\.json: --workload streaming needs a checkout of the repository; or name a /,
  );
  assert.match(runCli(["eval", "--help"]).stdout, /need a checkout of the repository/);
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
