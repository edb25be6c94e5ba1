// mgt run: the keys of its JSON, equal hashes where the library promises them, streams from files and pipes.
#ifdef MGT_CLI
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>

#include "cli/process.hpp"
#include "mgt/kernels.hpp"

namespace {

using mgt::test::Folder;
using mgt::test::run_mgt;
using mgt::test::Said;
using Json = nlohmann::ordered_json;

Json run_json(std::vector<std::string> arguments, const mgt::test::Surroundings& around) {
  arguments.insert(arguments.begin(), "run");
  arguments.push_back("--json");
  const Said said = run_mgt(arguments, around);
  INFO(said.err);
  REQUIRE(said.exit == 0);
  CHECK(said.err.empty());
  return Json::parse(said.out);
}

std::vector<std::string> keys_of(const Json& json) {
  std::vector<std::string> keys;
  for (const auto& item : json.items()) keys.push_back(item.key());
  return keys;
}

}  // namespace

TEST_CASE("run --json has its keys in the agreed order", "[cli]") {
  const Folder folder;
  const std::string model = folder.write_model();
  const Json json = run_json({"--model", model, "--compare"}, {.input = mgt::test::sample_text(5000)});
  CHECK(keys_of(json) == std::vector<std::string>{"model",
                                                  "policy",
                                                  "arch",
                                                  "tokens",
                                                  "seconds",
                                                  "tokens_per_second",
                                                  "tiers",
                                                  "layers_run",
                                                  "layers_replayed",
                                                  "replayed_layers",
                                                  "layers_caught_up",
                                                  "kv_projections",
                                                  "macs",
                                                  "accuracy",
                                                  "nats_per_byte",
                                                  "transformer_nats_per_byte",
                                                  "kv_bytes_read",
                                                  "kv_bytes_written",
                                                  "logits_hash",
                                                  "kv",
                                                  "window",
                                                  "memory",
                                                  "dense",
                                                  "agreement",
                                                  "speedup",
                                                  "layer_speedup"});
  CHECK(keys_of(json["dense"]) ==
        std::vector<std::string>{"seconds", "accuracy", "nats_per_byte", "logits_hash", "layers_run"});
  CHECK(keys_of(json["tiers"]) == std::vector<std::string>{"0", "1", "2", "3"});
  CHECK(json["model"] == "tiny");
  CHECK(json["policy"] == "default");
  CHECK(json["tokens"] == 5000);
  CHECK(json["dense"]["layers_run"] == 3 * 5000);
  CHECK(json["logits_hash"].get<std::string>().size() == 16);
  std::uint64_t steps = 0;
  for (const auto& tier : json["tiers"]) steps += tier.get<std::uint64_t>();
  CHECK(steps == 5000);
}

TEST_CASE("every instruction set gives the same run, with weights of 8 bits and of 4", "[cli]") {
  const Folder folder;
  const std::string model = folder.write_model();
  const std::string int4 = folder / "int4.gguf";
  REQUIRE(run_mgt({"convert", model, int4, "--type", "q4_0"}).exit == 0);
  const std::string text = folder.write("text", mgt::test::sample_text(1000));
  std::set<std::string> dense_hashes;
  const std::string shipped = std::string(MGT_MODELS_DIR) + "/baseline-q4_0.gguf";
  const std::string mixed = std::string(MGT_MODELS_DIR) + "/baseline-q4_q8.gguf";
  for (const std::string& weights : {model, int4, shipped, mixed}) {
    for (const char* policy : {"dense", "exact", "permissive"}) {
      Json first;
      for (const char* arch : mgt::available_archs()) {
        Json json = run_json({"--model", weights, "--policy", policy, text}, {.environment = {{"MGT_ARCH", arch}}});
        CHECK(json["arch"] == arch);
        for (const char* machine : {"arch", "seconds", "tokens_per_second"}) json.erase(machine);
        if (first.is_null()) first = json;
        CHECK(json == first);
      }
      if (policy == std::string_view("dense")) dense_hashes.insert(first["logits_hash"].get<std::string>());
    }
  }
  CHECK(dense_hashes.size() == 4);  // 4 bits are another model
}

TEST_CASE("the exact policy answers as the dense one does", "[cli]") {
  const Folder folder;
  const std::string model = folder.write_model();
  const Json json =
      run_json({"--model", model, "--policy", "exact", "--compare"}, {.input = mgt::test::sample_text(6000)});
  CHECK(json["logits_hash"] == json["dense"]["logits_hash"]);
  CHECK(json["nats_per_byte"] == json["dense"]["nats_per_byte"]);
  CHECK(json["agreement"] == 1);
}

TEST_CASE("a file, stdin, a limit and a comparison see the same stream", "[cli]") {
  const Folder folder;
  const std::string model = folder.write_model();
  const std::string text = mgt::test::sample_text(9000);
  const std::string path = folder.write("text", text);
  const Json whole = run_json({"--model", model, path}, {});
  CHECK(run_json({"--model", model}, {.input = text})["logits_hash"] == whole["logits_hash"]);
  CHECK(run_json({"--model", model, "--compare", "-"}, {.input = text})["logits_hash"] == whole["logits_hash"]);
  CHECK(run_json({}, {.input = text, .environment = {{"MGT_MODEL", model}}})["logits_hash"] == whole["logits_hash"]);
  const Json cut = run_json({"--model", model, "--limit", "2500", path}, {});
  CHECK(cut["tokens"] == 2500);
  CHECK(cut["logits_hash"] == run_json({"--model", model}, {.input = text.substr(0, 2500)})["logits_hash"]);
}

TEST_CASE("options reach the session", "[cli]") {
  const Folder folder;
  const std::string model = folder.write_model();
  const mgt::test::Surroundings around{.input = mgt::test::sample_text(600)};
  CHECK(run_json({"--model", model, "--tier", "2"}, around)["tiers"]["2"] == 600);
  CHECK(run_json({"--model", model, "--window", "16"}, around)["window"] == 16);
  const Json json = run_json({"--model", model, "--kv", "exact", "--memory", "off"}, around);
  CHECK(json["kv"] == "exact");
  CHECK(json["memory"] == false);
  const Json custom = run_json({"--model", model, "--policy", "custom", "--memory-confidence", "0"}, around);
  CHECK(custom["policy"] == "custom");
  CHECK(custom["tiers"]["3"] == 600);
}

TEST_CASE("without --json people get a table, without colours in a file", "[cli]") {
  const Folder folder;
  const std::string model = folder.write_model();
  const Said said = run_mgt({"run", "--model", model, "--compare"}, {.input = mgt::test::sample_text(600)});
  CHECK(said.exit == 0);
  CHECK(said.err.empty());
  CHECK(said.out.find("3 skip") != std::string::npos);
  CHECK(said.out.find("nats per byte") != std::string::npos);
  CHECK(said.out.find('\x1b') == std::string::npos);
}

TEST_CASE("run --rules makes a safety rule fire, which the trace names", "[cli]") {
  const Folder folder;
  const std::string model = folder.write_model();
  const std::string data = folder.write("data", mgt::test::sample_text(3000));
  const auto count = [&](const std::string& rules, const std::string& reason) {
    const std::string trace = folder / "trace.jsonl";
    const Said said =
        run_mgt({"run", "--model", model, "--policy", "custom", "--rules", rules, "--trace", trace, data});
    INFO(said.err);
    REQUIRE(said.exit == 0);
    const std::string lines = folder.read("trace.jsonl");
    std::size_t n = 0;
    for (std::size_t at = lines.find(reason); at != std::string::npos; at = lines.find(reason, at + 1)) ++n;
    return n;
  };
  CHECK(count("boundary_edges_max=65535", "BoundarySpike") == 0);
  CHECK(count("boundary_edges_max=0", "BoundarySpike") > 100);
  CHECK(count("lambda_min=65536,", "LambdaBelowMin") == 3000);
  CHECK(count("spike_fire_nats=60.5,spike_rate_q15_max=9000", "SpikeStorm") == 0);
  CHECK(count("spike_fire_nats=.5,spike_rate_q15_max=9000", "SpikeStorm") > 100);
  CHECK(count("lambda_min=65536,allow_kv_write_when_unstable=0", "\"kv_write\":true") == 0);
}
#endif
