import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { cliPath, microPath, modelPath, nativePath, runCli, runProgram, sampleBytes, sampleText } from "./support.mjs";

const folder = mkdtempSync(join(tmpdir(), "mgt-cli-"));
const at = (name) => join(folder, name);
const input = at("stream.log");
writeFileSync(input, sampleBytes);
const longer = at("longer.log");
writeFileSync(longer, Array.from({ length: 7 }, (_, i) => sampleText.replaceAll("request 4", `request ${i}`)).join(""));
after(() => rmSync(folder, { recursive: true }));

const workload = at("workload.json");
writeFileSync(
  workload,
  JSON.stringify({
    workload: "sample",
    description: "a test",
    policy: "permissive",
    streams: [
      {
        name: "first",
        file: "stream.log",
        calibration_bytes: 400,
        anomalous_lines: [
          [0, 1],
          [9, 11],
        ],
      },
      { name: "second", file: input, calibration_bytes: 900 },
    ],
  }),
);

const noNative = !existsSync(nativePath) && "no native program in build/native";
const native = (args, options) => runProgram(nativePath, args, options);

/** An output without what differs from machine to machine: times, speeds and the instruction set. */
function timeless(json) {
  return json
    .replace(/"(seconds|dense_seconds|tokens_per_second|speedup|p50|p99)": [^,\n]*/g, '"$1": 0')
    .replace(/"arch": "[^"]*"/g, '"arch": ""');
}

for (const args of [
  ["run", "--json", "--compare", input],
  ["run", "--json", "--policy", "exact", input],
  ["run", "--json", "--policy", "permissive", "--memory", "off", "--limit", "777", input],
  ["run", "--json", "--policy", "custom", "--exit-confidence", "0.8", "--kv", "exact", "--window", "24", input],
  ["run", "--json", "--tier", "2", input],
  ["run", "--json", "--policy", "custom", "--energy-max", "0.05", "--energy-hysteresis", "0.5", input],
  [
    "run",
    "--json",
    "--policy",
    "custom",
    "--energy-max",
    "0.05",
    "--rules",
    "lambda_min=30000,partitions_max=2",
    input,
  ],
  ["run", "--json", "--policy", "custom", "--rules", "lambda_min=40000,allow_kv_write_when_unstable=0", input],
  ["run", "--json", "--policy", "custom", "--rules", "spike_fire_nats=2.5,spike_rate_q15_max=9000", input],
  ["run", "--json", "--deadline", "12.3", "--step-bounds", "40,20,10,2.1", input],
  ["eval", "--json", "--workload", workload],
  ["eval", "--json", "--policy", "exact", "--part", "calibration", "--limit", "300", "--workload", workload],
  ["eval", "--json", "--limit", "200"],
  ["calibrate", "--json", "--model", microPath, "--risk", "0.1", "--resamples", "20", "--data", longer],
  [
    "calibrate",
    "--json",
    "--model",
    microPath,
    "--policy",
    "conservative",
    "--risk",
    "0.05",
    "--warm-up",
    "700",
    "--data",
    longer,
    "--data",
    input,
  ],
  ["generate", "--json", "--prompt", "2026-01-02 wörker", "-n", "80"],
  ["generate", "--json", "--speculative", "--prompt", "tick tock, ".repeat(40), "-n", "22"],
  ["generate", "--json", "--prompt", "import ", "-n", "80", "--temperature", "1.3", "--seed", "18446744073709551615"],
  [
    "generate",
    "--json",
    "--prompt",
    "def ",
    "-n",
    "80",
    "--temperature",
    "0.9",
    "--top-k",
    "40",
    "--top-p",
    "0.93",
    "--logprobs",
    "3",
  ],
]) {
  test(`the native program prints the same: ${args.slice(0, -1).join(" ")}`, { skip: noNative }, () => {
    const [ours, theirs] = [runCli(args), native(args)];
    assert.equal(ours.status, 0, ours.stderr);
    assert.equal(timeless(ours.stdout), timeless(theirs.stdout));
  });
}

test("the native program writes the same trace, converted file and calibrated copy", { skip: noNative }, () => {
  for (const [name, command] of [
    ["ours", runCli],
    ["theirs", native],
  ]) {
    assert.equal(command(["run", "--json", "--trace", at(`${name}.jsonl`), input]).status, 0);
    assert.equal(command(["convert", modelPath, at(`${name}.gguf`), "--type", "q8_0"]).status, 0);
    const calibrated = [
      "--model",
      microPath,
      "--data",
      longer,
      "--risk",
      "0.3",
      "--out",
      at(`${name}-calibrated.gguf`),
    ];
    assert.equal(command(["calibrate", ...calibrated]).status, 0);
  }
  assert.deepEqual(readFileSync(at("ours.jsonl")), readFileSync(at("theirs.jsonl")));
  assert.deepEqual(readFileSync(at("ours.gguf")), readFileSync(at("theirs.gguf")));
  assert.deepEqual(readFileSync(at("ours-calibrated.gguf")), readFileSync(at("theirs-calibrated.gguf")));
  const verified = [runCli, native].map((command) => command(["verify", "--json", at("ours.jsonl")]).stdout);
  assert.equal(verified[0], verified[1]);
});

for (const [name, first, second] of [
  ["the native program's state goes on in Node and back", native, runCli],
  ["Node's state goes on in the native program and back", runCli, native],
]) {
  for (const policy of ["default", "exact"]) {
    test(`${name}, byte for byte: ${policy}`, { skip: noNative }, () => {
      const run = (command, args, bytes) => {
        const { status, stdout, stderr } = command(["run", "--json", "--policy", policy, ...args], { input: bytes });
        assert.equal(status, 0, stderr);
        return JSON.parse(stdout);
      };
      const pieces = [sampleBytes.subarray(0, 500), sampleBytes.subarray(500, 1100), sampleBytes.subarray(1100)];
      const state = (command, piece) => at(`${policy}-${command === native ? "native" : "node"}-${piece}.state`);

      run(first, ["--save-state", state(first, 0)], pieces[0]);
      run(second, ["--save-state", state(second, 0)], pieces[0]);
      assert.deepEqual(readFileSync(state(second, 0)), readFileSync(state(first, 0)));
      run(second, ["--load-state", state(first, 0), "--save-state", state(second, 1)], pieces[1]);
      const last = run(first, ["--load-state", state(second, 1), "--save-state", state(first, 2)], pieces[2]);
      const whole = run(second, ["--save-state", state(second, 2)], sampleBytes);
      assert.deepEqual(readFileSync(state(first, 2)), readFileSync(state(second, 2)));
      assert.equal(last.tokens, pieces[2].length);
      for (const key of ["logits_hash", "tiers", "macs", "nats_per_byte"]) assert.deepEqual(last[key], whole[key], key);
    });
  }
}

test("after --load-state both programs print the same, with this run's bytes and the session's totals", () => {
  runCli(["run", "--save-state", at("s.state"), input]);
  const again = ["run", "--load-state", at("s.state"), "--limit", "1234", input];
  const report = JSON.parse(runCli([...again, "--json"]).stdout);
  assert.equal(report.tokens, 1234);
  assert.ok(Math.abs(report.tokens_per_second * report.seconds - 1234) < 12);
  assert.equal(
    Object.values(report.tiers).reduce((a, b) => a + b),
    sampleBytes.length + 1234,
  );
  const text = runCli(again).stdout;
  assert.match(text, /^1,234 bytes in /m);
  if (noNative) return;
  assert.equal(timeless(runCli([...again, "--json"]).stdout), timeless(native([...again, "--json"]).stdout));
  const untimed = (words) => words.replace(/arch \S+|bytes in .*?\/s;|microseconds per byte.*/g, "");
  assert.equal(untimed(text), untimed(native(again).stdout));
});

test("4-bit weights: the same file, the same facts and the same bits as the native program", { skip: noNative }, () => {
  const outputs = [runCli, native].map((command, i) => {
    const int4 = at(`int4-${i}.gguf`);
    assert.equal(command(["convert", modelPath, int4, "--type", "q4_0"]).status, 0);
    const facts = JSON.parse(command(["inspect", "--json", int4]).stdout);
    const run = command(["run", "--json", "--policy", "dense", "--model", int4, input]);
    assert.equal(run.status, 0, run.stderr);
    return { bytes: readFileSync(int4), tensors: facts.tensors, hash: JSON.parse(run.stdout).logits_hash };
  });
  assert.deepEqual(outputs[0], outputs[1]);
  const int8 = JSON.parse(runCli(["run", "--json", "--policy", "dense", input]).stdout);
  assert.notEqual(outputs[0].hash, int8.logits_hash);
});

test("the native program describes a model in the same words", { skip: noNative }, () => {
  const [ours, theirs] = [runCli, native].map((command) => JSON.parse(command(["inspect", "--json"]).stdout));
  for (const key of ["file", "size_bytes", "version", "alignment", "parameters", "model", "keys", "tensors"]) {
    assert.deepEqual(ours[key], theirs[key], key);
  }
  assert.deepEqual(Object.keys(ours), Object.keys(theirs));
});

test("speculation prints the same natively, and the text of without", { skip: noNative }, () => {
  const args = ["generate", "--json", "--prompt", sampleText, "-n", "200"];
  const [ours, theirs] = [runCli, native].map((command) => command([...args, "--compare"]));
  assert.equal(ours.status, 0, ours.stderr);
  const withoutSeconds = (json) => timeless(json).replace(/"seconds": [^,\n]*/g, '"seconds": 0');
  assert.equal(withoutSeconds(ours.stdout), withoutSeconds(theirs.stdout));
  const report = JSON.parse(ours.stdout);
  assert.equal(report.plain.logits_hash, report.logits_hash);
  assert.equal(report.text, JSON.parse(runCli([...args, "--policy", "dense"]).stdout).text);
  assert.ok(report.layers_replayed > 0 && report.speculative.tokens_per_round > 2);
  const refusals = [runCli, native].map((command) => command([...args, "--speculative", "--policy", "default"]));
  for (const { status, stderr } of refusals) {
    assert.equal(status, 2);
    assert.match(stderr, /speculative is on and policy is default/);
  }
  assert.equal(refusals[0].stderr, refusals[1].stderr);
  const dense = JSON.parse(runCli([...args, "--speculative", "--policy", "dense"]).stdout);
  assert.equal(dense.logits_hash, report.logits_hash);
  assert.ok(dense.speculative.accepted > 100 && dense.layers_replayed === 0);
});

test("verify makes a trace again and names the first step that differs", () => {
  runCli(["run", "--json", "--trace", at("again.jsonl"), input]);
  const changed = Buffer.from(readFileSync(input));
  changed[20] ^= 1;
  writeFileSync(at("changed.log"), changed);
  writeFileSync(at("short.log"), changed.subarray(0, 5));
  const verify = (command, ...args) => command(["verify", "--json", at("again.jsonl"), ...args]);
  for (const command of noNative ? [runCli] : [runCli, native]) {
    const said = verify(command, "--input", input);
    assert.equal(said.status, 0, said.stderr);
    assert.equal(JSON.parse(said.stdout).recomputed, changed.length);
    for (const [args, status, words] of [
      [["--input", at("changed.log")], 1, /line 21: step 20 says token \d+, recomputed it is \d+$/m],
      [["--input", at("short.log")], 1, /line 6: step 5 has no byte, .*short\.log ends after 5$/m],
      [
        ["--input", input, "--model", "micro"],
        1,
        /line 1: step 0 continues \w+, a stream of this model begins at \w+$/m,
      ],
      [["--input", input, "--policy", "dense"], 1, /step \d+ says (energy|threshold)/],
      [["--limit", "3"], 2, /--limit needs --input/],
    ]) {
      const result = verify(command, ...args);
      assert.equal(result.status, status, result.stderr);
      assert.match(result.stderr, words);
    }
  }
});

test("run: JSON keys in order, a trace that verifies, stdin", () => {
  const { stdout } = runCli(["run", "--json", "--trace", at("t.jsonl"), "-"], { input: sampleBytes });
  const report = JSON.parse(stdout);
  assert.equal(report.tokens, sampleBytes.length);
  assert.equal(
    Object.values(report.tiers).reduce((a, b) => a + b),
    sampleBytes.length,
  );
  assert.match(report.arch, /^wasm-(simd128|relaxed)$/);
  assert.match(report.logits_hash, /^[0-9a-f]{16}$/);
  assert.doesNotMatch(stdout.replace(/"[^"]*"/g, ""), /\de[-+]?\d/); // hashes may look like exponents
  const verified = JSON.parse(runCli(["verify", "--json", at("t.jsonl")]).stdout);
  assert.equal(verified.records, sampleBytes.length);
});

test("verify finds a changed, a missing and a garbled record", () => {
  runCli(["run", "--json", "--trace", at("v.jsonl"), input]);
  const lines = readFileSync(at("v.jsonl"), "utf8").trimEnd().split("\n");
  const verify = (changed) => {
    writeFileSync(at("changed.jsonl"), `${changed.join("\n")}\n`);
    return runCli(["verify", at("changed.jsonl")]);
  };
  const edited = lines.with?.(9, lines[9].replace(/"token":\d+/, '"token":1')) ?? [
    ...lines.slice(0, 9),
    lines[9].replace(/"token":\d+/, '"token":1'),
    ...lines.slice(10),
  ];
  for (const [changed, message] of [
    [edited, /line 10: step 9 says hash/],
    [[...lines.slice(0, 9), ...lines.slice(10)], /line 10: step 10 follows step 8/],
    [[...lines.slice(0, 9), "{}", ...lines.slice(10)], /line 10/],
  ]) {
    const { status, stderr } = verify(changed);
    assert.equal(status, 1);
    assert.match(stderr, message);
  }
});

test("help, version, text reports", () => {
  assert.match(runCli(["--version"]).stdout, /^mgt \d+\.\d+\.\d+\n$/);
  assert.match(runCli(["--help"]).stdout, /run.*\n.*generate/);
  assert.match(runCli(["run", "--help"]).stdout, /--compare/);
  assert.match(runCli(["run", "--compare", input]).stdout, /same best guess/);
  assert.match(runCli(["inspect"]).stdout, /Memory plan/);
  assert.match(runCli(["generate", "--prompt", sampleText, "-n", "20"]).stderr, /20 bytes/);
});

test("MGT_ARCH chooses the build, with the same result", () => {
  const hashes = ["wasm-simd128", "scalar"].map((arch) => {
    const report = JSON.parse(runCli(["run", "--json", "--limit", "200", input], { env: { MGT_ARCH: arch } }).stdout);
    assert.equal(report.arch, arch);
    return report.logits_hash;
  });
  assert.equal(hashes[0], hashes[1]);
});

test("bench reports what native/README.md lists", () => {
  const { stdout, stderr } = runCli(["bench", "--json", "--runs", "300", "--tier", "2"]);
  const keys = "config mode tier arch runs tokens p50_us p99_us gmacs gbytes_per_second scalar_p50_us scalar_ratio";
  assert.deepEqual(
    Object.keys(JSON.parse(stdout || `"${stderr}"`)),
    `${keys} read_limit_gbytes_per_second read_limit_share`.split(" "),
  );
  const push = runCli(["bench", "--json", "--runs", "300", "--mode", "push", "--every", "12"]);
  assert.deepEqual(
    Object.keys(JSON.parse(push.stdout || `"${push.stderr}"`)),
    `${keys} stepping_p50_us stepping_ratio read_limit_gbytes_per_second read_limit_share`.split(" "),
  );
  const all = runCli(["bench", "--json", "--runs", "300", "--tier", "all", "--config", "micro"]);
  const report = JSON.parse(all.stdout || `"${all.stderr}"`);
  assert.deepEqual(Object.keys(report), ["config", "mode", "tier", "arch", "tiers"]);
  const limits = Object.values(report.tiers).map((tier) => tier.read_limit_gbytes_per_second);
  assert.equal(new Set(limits).size, 4, "each run's own"); // tier 3 reads nothing
  assert.equal(limits[3], 0);
  assert.equal(report.tiers[3].read_limit_share, null);
});

test("Ctrl-C ends a generation, with its figures", { timeout: 60_000 }, async () => {
  const child = spawn(process.execPath, [cliPath, "generate", "--prompt", "a", "-n", String(2 ** 30)], {
    env: { ...process.env, MGT_MODEL: modelPath, NO_COLOR: "1" },
  });
  let said = "";
  child.stderr.on("data", (text) => (said += text));
  child.stdout.once("data", () => child.kill("SIGINT"));
  child.stdout.resume();
  const [status] = await once(child, "close");
  assert.equal(status, 0, said);
  assert.match(said, /^\d+ bytes, /m);
});
