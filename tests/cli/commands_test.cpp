// generate, inspect, convert and bench: what they print and what they leave behind.
#ifdef MGT_CLI
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/process.hpp"
#include "mgt/generate.hpp"
#include "support/tiny_model.hpp"

namespace {

using mgt::test::Folder;
using mgt::test::run_mgt;
using mgt::test::Said;
using nlohmann::json;

json json_of(const std::vector<std::string>& arguments) {
  const Said said = run_mgt(arguments);
  INFO(said.err);
  REQUIRE(said.exit == 0);
  return json::parse(said.out);
}

}  // namespace

TEST_CASE("generate prints what the library generates", "[cli]") {
  const Folder folder;
  const std::string model = folder.write_model();
  auto session = mgt::Session::create(mgt::test::tiny_model(), {});
  REQUIRE(session);
  const std::string prompt = "a prompt";
  std::string expected(200, '\0');
  REQUIRE(mgt::generate(*session, {reinterpret_cast<const std::uint8_t*>(prompt.data()), prompt.size()},
                        {.temperature = 0.8f, .seed = 5},
                        {reinterpret_cast<std::uint8_t*>(expected.data()), expected.size()}));
  const std::vector<std::string> arguments{"generate", "--model",       model, "--prompt", prompt, "-n",
                                           "200",      "--temperature", "0.8", "--seed",   "5"};
  const Said said = run_mgt(arguments);
  CHECK(said.exit == 0);
  CHECK(said.out.substr(0, 200) == expected);
  CHECK(said.err.find("200 bytes") != std::string::npos);

  std::vector<std::string> as_json = arguments;
  as_json.push_back("--json");
  const json result = json_of(as_json);
  CHECK(result["tokens"] == 200);
  CHECK(result["prompt_tokens"] == 8);
  CHECK(result["seed"] == 5);
  CHECK(result["temperature"] == 0.8);
}

TEST_CASE("inspect shows shape, plan, keys and tensors", "[cli]") {
  const Folder folder;
  const std::string model = folder.write_model();
  const json result = json_of({"inspect", model, "--json"});
  CHECK(result["model"]["name"] == "tiny");
  CHECK(result["model"]["n_layers"] == 3);
  CHECK(result["memory"]["session_bytes"] > result["memory"]["kv_cache_bytes"]);
  CHECK(result["tensors"].size() == 2 + 3 * 9);
  CHECK(result["tensors"][0]["shape"] == json::array({64, 256}));
  CHECK(result["keys"][0]["name"] == "general.architecture");
  const Said said = run_mgt({"inspect", model});
  CHECK(said.out.find("blk.2.ffn_down.weight") != std::string::npos);

  mgt::gguf::Writer other;
  other.add_string("general.architecture", "llama");
  const json foreign = json_of({"inspect", folder.write("other.gguf", other.finish()), "--json"});
  CHECK(foreign["model"].is_null());
  CHECK(foreign["keys"][0]["value"] == "llama");
}

TEST_CASE("convert writes a model that loads, or nothing", "[cli]") {
  const Folder folder;
  const std::string model = folder.write_model();
  const std::string out = folder / "small.gguf";
  const json result = json_of({"convert", model, out, "--type", "q8_0", "--json"});
  CHECK(result["output_bytes"] == std::filesystem::file_size(out));
  CHECK(result["output_bytes"] < result["input_bytes"]);
  const std::string converted = folder.read("small.gguf");
  CHECK(json_of({"convert", out, folder / "again.gguf", "--type", "q8_0", "--json"})["type"] == "q8_0");
  CHECK(folder.read("again.gguf") == converted);

  const std::string bad = folder.write("bad.gguf", "GGUF and no more");
  CHECK(run_mgt({"convert", bad, out, "--type", "f32"}).exit == 1);
  CHECK(folder.read("small.gguf") == converted);
  CHECK(run_mgt({"convert", model, folder / "no/such/place", "--type", "f32"}).exit == 1);
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder / ".")) ++files;
  CHECK(files == 4);  // no temporary is left
}

TEST_CASE("convert writes ONNX graphs", "[cli]") {
  const Folder folder;
  const std::string model = folder.write_model();
  const std::string out = folder / "step.onnx";
  const json result = json_of({"convert", model, out, "--type", "onnx-int8", "--graph", "step", "--json"});
  CHECK(result["type"] == "onnx-int8");
  CHECK(result["output_bytes"] == std::filesystem::file_size(out));
  const json whole = json_of({"convert", model, out, "--type", "onnx", "--json"});
  const json narrow = json_of({"convert", model, out, "--type", "onnx", "--narrow", "--json"});
  CHECK(whole["output_bytes"] != narrow["output_bytes"]);
  CHECK(run_mgt({"convert", model, out, "--type", "onnx", "--graph", "both"}).exit == 2);
  CHECK(run_mgt({"convert", model, out, "--type", "onnx", "--window", "3"}).exit == 2);
  CHECK(run_mgt({"convert", model, out, "--type", "onnx", "--tokens", "5000"}).exit == 1);
}

TEST_CASE("bench measures steps and windows at every tier", "[cli]") {
  const Folder folder;
  const std::string model = folder.write_model();
  const json step = json_of({"bench", "--model", model, "--runs", "300", "--json"});
  CHECK(step["config"] == "tiny");
  CHECK(step["mode"] == "step");
  CHECK(step["tier"] == 0);
  CHECK(step["runs"] >= 300);
  for (const char* key : {"p50_us", "p99_us", "gmacs", "gbytes_per_second", "scalar_p50_us", "scalar_ratio",
                          "read_limit_gbytes_per_second", "read_limit_share"}) {
    INFO(key);
    CHECK(step[key] > 0);
  }
  CHECK(step["p99_us"] >= step["p50_us"]);
  const json all = json_of({"bench", "--model", model, "--runs", "300", "--mode", "window", "--tier", "all", "--json"});
  CHECK(all["tiers"].size() == 4);
  CHECK(all["tiers"]["0"]["tokens"] == 32);
}
#endif
