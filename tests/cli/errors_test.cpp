// What the command line says to bad input and bad usage: one line on stderr, nothing on stdout, the agreed exit code.
#ifdef MGT_CLI
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>

#include "cli/process.hpp"
#include "support/tiny_model.hpp"

namespace {

using mgt::test::Folder;
using mgt::test::run_mgt;
using mgt::test::Said;

void check_refused(const Said& said, int exit, const std::string& part) {
  INFO(said.err);
  CHECK(said.exit == exit);
  CHECK(said.out.empty());
  CHECK(said.err.starts_with("mgt: "));
  CHECK(std::count(said.err.begin(), said.err.end(), '\n') == 1);
  CHECK(said.err.ends_with('\n'));
  CHECK(said.err.find(part) != std::string::npos);
}

}  // namespace

TEST_CASE("bad model files end with 1 and name the file", "[cli]") {
  const Folder folder;
  const std::vector<std::byte> good = mgt::test::tiny_gguf();
  const std::string text = folder.write("text", "some bytes");
  const auto run_with = [&](const std::string& model) { return run_mgt({"run", "--model", model, text}); };

  check_refused(run_with(folder / "absent"), 1, "absent: No such file or directory");
  check_refused(run_with(folder / "."), 1, "Is a directory");
  check_refused(run_with(folder.write("empty", "")), 1, "empty: ");
  check_refused(run_with(text), 1, "text: ");
  for (const std::size_t size : {4ul, 23ul, 200ul, good.size() / 2, good.size() - 1}) {
    check_refused(run_with(folder.write("cut.gguf", std::span(good).first(size))), 1, "cut.gguf: ");
  }
  for (const std::size_t at : {0ul, 5ul, 9ul, 17ul, 25ul, 60ul}) {  // magic, version, counts, a key and its length
    std::vector<std::byte> flipped = good;
    flipped[at] ^= std::byte{0x40};
    check_refused(run_with(folder.write("flipped.gguf", flipped)), 1, "flipped.gguf: ");
  }
}

TEST_CASE("bad streams end with 1 and name the stream", "[cli]") {
  const Folder folder;
  const std::string model = folder.write_model();
  check_refused(run_mgt({"run", "--model", model}), 1, "stdin: empty, expected at least 1 byte");
  check_refused(run_mgt({"run", "--model", model, "-"}), 1, "stdin: empty");
  check_refused(run_mgt({"run", "--model", model, folder.write("none", "")}), 1, "none: empty");
  check_refused(run_mgt({"run", "--model", model, folder / "absent"}), 1, "absent: No such file");
  check_refused(run_mgt({"generate", "--model", model, "--prompt", ""}), 1, "--prompt: empty");
  check_refused(run_mgt({"verify", folder / "absent"}), 1, "absent: No such file");
  check_refused(run_mgt({"verify", "-"}), 1, "stdin: empty");
  check_refused(run_mgt({"run", "--model", model, "--trace", folder / "no/such/place"}, {.input = "x"}), 1,
                "no/such/place: No such file");
}

TEST_CASE("bad usage ends with 2 and names the option", "[cli]") {
  const Folder folder;
  const std::string model = folder.write_model();
  const auto usage = [&](std::vector<std::string> arguments, const std::string& part) {
    arguments.insert(arguments.begin() + 1, {"--model", model});
    check_refused(run_mgt(arguments, {.input = "x"}), 2, part);
  };
  usage({"run", "--policy", "bold"}, "--policy bold: expected one of dense, exact, conservative, default");
  usage({"run", "--tier", "4"}, "--tier 4: expected auto, 0, 1, 2 or 3");
  usage({"run", "--kv", "maybe"}, "--kv maybe: expected exact or propagate");
  usage({"run", "--memory", "1"}, "--memory 1: expected on or off");
  usage({"run", "--window", "65"}, "65");
  usage({"run", "--window", "-3"}, "--window");
  usage({"run", "--limit", "0"}, "--limit");
  usage({"run", "--limit", "many"}, "--limit");
  usage({"run", "--exit-confidence", "0.5"}, "need --policy custom, not default");
  usage({"run", "--policy", "custom"}, "--policy custom needs");
  usage({"run", "--policy", "custom", "--exit-confidence", "7"}, "exit_confidence is 7, allowed are 0 to 2");
  usage({"run", "--speculative"}, "--speculative");
  usage({"run", "a", "b"}, "b");
  usage({"generate"}, "--prompt");
  usage({"generate", "--prompt", "x", "-n", "0"}, "-n");
  usage({"generate", "--prompt", "x", "--temperature", "11"}, "--temperature 11: expected 0, or 0.01 to 10");
  usage({"generate", "--prompt", "x", "--top-k", "257"}, "--top-k 257: expected a whole number from 0 to 256");
  usage({"generate", "--prompt", "x", "--top-p", "1.5"}, "--top-p 1.5: expected over 0, at most 1");
  usage({"generate", "--prompt", "x", "--logprobs", "21"}, "--logprobs 21: expected a whole number from 0 to 20");
  usage({"bench", "--runs", "299"}, "--runs");
  usage({"bench", "--mode", "walk"}, "--mode walk: expected step, window or push");
  usage({"bench", "--mode", "push", "--tier", "2"}, "--tier 2: mode push answers at tier 0");
  usage({"bench", "--config", "micro"}, "--config and --model");
  check_refused(run_mgt({}), 2, "no command: expected run, generate");
  check_refused(run_mgt({"walk"}), 2, "walk");
  check_refused(run_mgt({"bench", "--config", "huge"}), 2, "--config huge: expected micro or baseline");
  check_refused(run_mgt({"convert", model, folder / "out", "--type", "f64"}), 2,
                "--type f64: expected f32, q8_0, q4_0, onnx");
}

TEST_CASE("numbers are decimal, finite and in the range that the error states", "[cli]") {
  const Folder folder;
  const std::string model = folder.write_model();
  const std::string stream = folder.write("stream", "some bytes");
  const auto usage = [&](std::vector<std::string> arguments, const std::string& error) {
    arguments.insert(arguments.begin() + 1, {"--model", model});
    check_refused(run_mgt(arguments), 2, error);
  };
  const std::string limits = ": expected a whole number from 1 to 9007199254740992";
  for (const std::string limit : {"0", "-1", "0x10", "1.5", "1e3", " 1", "many", "", "99999999999999999999999"}) {
    usage({"run", "--limit", limit, stream}, "--limit " + limit + limits);
  }
  const std::string seeds = ": expected a whole number from 0 to 18446744073709551615";
  for (const std::string seed : {"-1", "18446744073709551616"}) {
    usage({"generate", "--prompt", "x", "--seed", seed}, "--seed " + seed + seeds);
  }
  usage({"run", "--window", "4294967297", stream}, "--window 4294967297: expected a whole number from 0 to 4294967295");
  usage({"calibrate", "--data", stream, "--resamples", "-1"}, "--resamples -1: expected a whole number from 0 to ");
  for (const std::string number : {"nan", "-nan", "inf", "1e999", "0x1", "", "1 2"}) {
    usage({"calibrate", "--data", stream, "--risk", number}, "--risk " + number + ": expected a number from 0 to 1");
    usage({"calibrate", "--data", stream, "--confidence", number}, ": expected a number from 0.5 to 0.999");
    usage({"generate", "--prompt", "x", "--temperature", number}, "--temperature " + number + ": expected a number");
    usage({"generate", "--prompt", "x", "--top-p", number}, "--top-p " + number + ": expected a number");
    usage({"bench", "--mode", "window", "--capacity", number}, "--capacity " + number + ": expected a number");
    usage({"run", "--deadline", number, stream}, "--deadline " + number + ": expected a number");
    for (const std::string threshold :
         {"--memory-confidence", "--exit-confidence", "--energy-max", "--energy-hysteresis"}) {
      usage({"run", "--policy", "custom", threshold, number, stream}, threshold + " " + number + ": expected a number");
    }
  }
  usage({"run", "--deadline", "9", "--step-bounds", "3,2,1", stream}, "--step-bounds 3,2,1: expected 4 numbers, not 3");
  usage({"run", "--deadline", "9", "--step-bounds", "4,3,2,nan", stream}, "--step-bounds nan: expected a number");
  usage({"run", "--limit=", stream}, "--limit=: expected a value behind =");

  const std::string largest = "18446744073709551615";
  const auto seeded = [&](const std::string& seed) {
    return run_mgt({"generate", "--model", model, "--prompt", "x", "-n", "2", "--seed", seed, "--json"}).out;
  };
  CHECK(seeded(largest).find("\"seed\": " + largest) != std::string::npos);
  CHECK(seeded("010").find("\"seed\": 10,") != std::string::npos);
  CHECK(run_mgt({"run", "--model", model, "--deadline", "9", "--step-bounds", "40,20,10,2.1", stream}).exit == 0);
  CHECK(run_mgt({"generate", "--model", model, "--prompt", "--mode=", "-n", "2"}).exit == 2);
  CHECK(run_mgt({"generate", "--model", model, "--prompt", "--colour=", "-n", "2"}).exit == 0);
}

TEST_CASE("nothing is written over what is read", "[cli]") {
  const Folder folder;
  const std::string model = folder.write_model();
  const std::string stream = folder.write("stream", mgt::test::sample_text(300));
  const std::string state = folder / "state";
  const std::string fresh = folder / "fresh";
  std::filesystem::create_hard_link(stream, folder / "again");
  REQUIRE(run_mgt({"run", "--model", model, "--save-state", state, stream}).exit == 0);
  const auto refused = [&](const std::vector<std::string>& arguments, const std::string& written,
                           const std::string& read) {
    const std::string path = arguments.back();
    const std::string before = folder.read(std::filesystem::path(path).filename());
    check_refused(run_mgt(arguments), 2, written + " " + path + ": is the file of " + read + "; write to another");
    CHECK(folder.read(std::filesystem::path(path).filename()) == before);
  };
  const std::vector<std::string> run{"run", "--model", model, stream};
  check_refused(run_mgt({"run", "--model", model, stream, "--trace", "-"}), 2,
                "--trace -: expected a file; stdout is the report's");
  const auto run_with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), run.begin(), run.end());
    return more;
  };
  for (const std::string written : {"--trace", "--save-state"}) {
    refused(run_with({written, stream}), written, "FILE");
    refused(run_with({written, folder / "again"}), written, "FILE");
    refused(run_with({written, model}), written, "--model");
  }
  refused(run_with({"--load-state", state, "--trace", state}), "--trace", "--load-state");
  refused(run_with({"--trace", folder / "./fresh", "--save-state", fresh}), "--save-state", "--trace");
  CHECK(!std::filesystem::exists(fresh));
  refused({"calibrate", "--model", model, "--data", model, "--data", stream, "--out", stream}, "--out", "--data");
  refused({"calibrate", "--data", stream, "--model", model, "--out", model}, "--out", "--model");
  refused({"eval", "--model", model, "--data", stream, "--signals", stream}, "--signals", "--data");
  refused({"eval", "--model", model, "--data", stream, "--signals", model}, "--signals", "--model");
  refused({"convert", "--type", "f32", model, model}, "OUT", "IN");
  CHECK(run_mgt(run_with({"--load-state", state, "--save-state", state})).exit == 0);
  CHECK(run_mgt(run_with({"--trace", "/dev/null", "--load-state", state})).exit == 0);
}

TEST_CASE("an option that would be ignored says what it needs", "[cli]") {
  const Folder folder;
  const std::string model = folder.write_model();
  const std::string out = folder / "out";
  const auto usage = [&](const std::vector<std::string>& arguments, const std::string& part) {
    check_refused(run_mgt(arguments), 2, part);
  };
  const std::vector<std::vector<std::string>> of_graphs{
      {"--graph", "step"}, {"--tokens", "4"}, {"--window", "4"}, {"--narrow"}};
  for (const auto& words : of_graphs) {
    std::vector<std::string> arguments{"convert", model, out, "--type", "q8_0"};
    arguments.insert(arguments.end(), words.begin(), words.end());
    usage(arguments, words[0] + " needs --type onnx, onnx-int8 or onnx-int4");
  }
  usage({"convert", model, out, "--type", "onnx", "--graph", "step", "--narrow"}, "--narrow needs --graph window");
  usage({"bench", "--model", model, "--capacity", "0.5"}, "--capacity needs --mode window");
  usage({"bench", "--model", model, "--every", "4"}, "--every needs --mode push");
  usage({"generate", "--model", model, "--prompt", "x", "--logprobs", "3"}, "--logprobs needs --json");
  usage({"eval", "--model", model, "--workload", "streaming", "--data", model}, "--data needs --signals");
  usage({"eval", "--model", model, "--gate", "--warm"}, "--warm needs --workload");
  usage({"eval", "--model", model, "--gate", "--part", "held"}, "--part needs --workload");
  usage({"eval", "--model", model, "--gate", "--policy", "dense"}, "--policy needs --workload");
  usage({"eval", "--model", model, "--routing", "--step-bounds", "4,3,2,1"}, "--step-bounds needs --workload");
  usage({"run", "--model", model, "--rules", "lambda_min=1"}, "--rules needs --policy custom, not default");
  for (const char* rules : {"lambda=1", "lambda_min", "=1"}) {
    usage({"run", "--model", model, "--policy", "custom", "--rules", rules},
          std::string("--rules ") + rules + ": expected NAME=NUMBER with one of lambda_min, drop_ratio_q15_max, ");
  }
  usage({"run", "--model", model, "--policy", "custom", "--rules", "lambda_min=0,partitions_max=65536"},
        "--rules partitions_max 65536: expected a whole number from 0 to 65535");
  usage({"run", "--model", model, "--policy", "custom", "--rules", "spike_fire_nats=six"},
        "--rules spike_fire_nats six: expected a number");
  usage({"run", "--model", model, "--policy", "custom", "--energy-hysteresis", "1"},
        "--energy-hysteresis needs --energy-max");
  CHECK(!std::filesystem::exists(out));
}

TEST_CASE("an instruction set that is not there is a usage error that lists the others", "[cli]") {
  const Folder folder;
  const std::string model = folder.write_model();
  const Said said = run_mgt({"run", "--model", model}, {.input = "x", .environment = {{"MGT_ARCH", "mmx"}}});
  check_refused(said, 2, "MGT_ARCH=mmx: not available here");
  CHECK(said.err.find("scalar") != std::string::npos);
}

TEST_CASE("a reader who leaves is no error, a full disk is", "[cli]") {
  const Folder folder;
  const std::string model = folder.write_model();
  const std::vector<std::string> generate{"generate", "--model", model, "--prompt", "x", "-n", "300"};
  const Said left = run_mgt(generate, {.reader_gone = true});
  CHECK(left.exit == 0);
  CHECK(left.err.empty());
  if (std::filesystem::exists("/dev/full")) {
    check_refused(run_mgt(generate, {.output = "/dev/full"}), 3, "stdout: No space left on device");
    check_refused(run_mgt({"run", "--model", model, "--trace", "/dev/full"}, {.input = "x"}), 1, "/dev/full: No space");
  }
}

TEST_CASE("an input that fails leaves a trace as it was", "[cli]") {
  const Folder folder;
  const std::string trace = folder.write("trace.jsonl", "kept");
  check_refused(run_mgt({"run", "--model", folder.write_model(), "--trace", trace}, {.input = ""}), 1, "stdin: empty");
  CHECK(folder.read("trace.jsonl") == "kept");
}

TEST_CASE("help and version are answers, not errors", "[cli]") {
  for (const char* command : {"run", "generate", "bench", "inspect", "convert", "verify"}) {
    const Said said = run_mgt({command, "--help"});
    CHECK(said.exit == 0);
    CHECK(said.err.empty());
    CHECK(said.out.find("Examples:") != std::string::npos);
  }
  CHECK(run_mgt({"--help"}).out.find("Exit codes") != std::string::npos);
  CHECK(run_mgt({"--version"}).out.starts_with("mgt "));
}
#endif
