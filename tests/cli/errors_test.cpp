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
  usage({"generate", "--prompt", "x", "--temperature", "11"}, "--temperature 11.000: expected 0, or 0.01 to 10");
  usage({"generate", "--prompt", "x", "--top-k", "257"}, "--top-k: Value 257 not in range 0 to 256");
  usage({"generate", "--prompt", "x", "--top-p", "1.5"}, "--top-p 1.500: expected over 0, at most 1");
  usage({"generate", "--prompt", "x", "--logprobs", "21"}, "--logprobs: Value 21 not in range 0 to 20");
  usage({"bench", "--runs", "299"}, "--runs");
  usage({"bench", "--mode", "walk"}, "--mode walk: expected step, window or push");
  usage({"bench", "--mode", "push", "--tier", "2"}, "--tier 2: mode push answers at tier 0");
  usage({"bench", "--config", "micro"}, "--config and --model");
  check_refused(run_mgt({}), 2, "no command: expected run, generate");
  check_refused(run_mgt({"walk"}), 2, "walk");
  check_refused(run_mgt({"bench", "--config", "huge"}), 2, "--config huge: expected micro or baseline");
  check_refused(run_mgt({"convert", model, model, "--type", "f32"}), 2, "is the input file");
  check_refused(run_mgt({"convert", model, folder / "out", "--type", "f64"}), 2,
                "--type f64: expected f32, q8_0, q4_0, onnx");
  check_refused(run_mgt({"run", "--model", model, "--trace", model, model}), 2, "is the input file");
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
