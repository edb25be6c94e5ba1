// mgt eval: a workload gated against dense, parts, labels, and the file of signals.
#ifdef MGT_CLI
#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/process.hpp"

namespace {

using Catch::Approx;
using mgt::test::Folder;
using mgt::test::run_mgt;
using mgt::test::Said;
using Json = nlohmann::ordered_json;

/// 100 lines of one kind for each part; line 150, in the held-out part, is of another.
std::string two_parts() {
  std::string text;
  for (int line = 0; line < 200; ++line) {
    text += line == 150 ? "\x01~!@ zqxjkv 0x7Q\n" : "status ok temp 21 volt 3.3\n";
  }
  return text;
}

constexpr std::size_t kLine = 27;

std::string write_manifest(const Folder& folder, std::size_t calibration_bytes) {
  folder.write("stream.log", two_parts());
  const Json manifest = {{"workload", "mine"},
                         {"description", "a test"},
                         {"policy", "permissive"},
                         {"streams",
                          {{{"name", "status"},
                            {"file", "stream.log"},
                            {"calibration_bytes", calibration_bytes},
                            {"anomalous_lines", {{150, 151}}}}}}};
  return folder.write("mine.json", manifest.dump());
}

Json eval_json(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "eval");
  arguments.push_back("--json");
  const Said said = run_mgt(arguments);
  INFO(said.err);
  REQUIRE(said.exit == 0);
  return Json::parse(said.out);
}

}  // namespace

TEST_CASE("eval routes windows at every capacity", "[cli]") {
  const Json json = eval_json({"--routing", "--model", "micro", "--limit", "3000"});
  CHECK(json["streams"].size() == 8);
  for (const Json& stream : json["streams"]) {
    CHECK(stream["windows"] > 40);
    const Json& points = stream["points"];
    REQUIRE(points.size() > 2);
    CHECK(points[0]["capacity"] == 1);
    CHECK(points[0]["mac_share"] == 1);
    CHECK(points[0]["nats_loss"] == 0);
    for (std::size_t i = 1; i < points.size(); ++i) {
      CHECK(points[i]["capacity"] < points[i - 1]["capacity"]);
      CHECK(points[i]["mac_share"] <= points[i - 1]["mac_share"]);  // the smallest two are both the least possible
      CHECK(std::abs(points[i]["nats_loss"].get<double>()) < 0.5);
    }
    CHECK(points.back()["mac_share"] < 0.5);
  }
}

TEST_CASE("eval runs a workload's held-out part, gated and dense", "[cli]") {
  const Folder folder;
  const std::string model = folder.write_model();
  const std::string manifest = write_manifest(folder, 100 * kLine);
  const Json json = eval_json({"--model", model, "--workload", manifest});
  CHECK(json["workload"] == "mine");
  CHECK(json["part"] == "held");
  CHECK(json["policy"] == "permissive");
  const Json& stream = json["streams"][0];
  CHECK(stream["bytes"] == two_parts().size() - 100 * kLine);
  CHECK(stream["latency_us"]["dense"]["steps"] == stream["bytes"]);
  std::uint64_t steps = 0;
  for (const auto& tier : stream["tiers"]) steps += tier.get<std::uint64_t>();
  CHECK(steps == stream["bytes"]);
  CHECK(stream["mac_speedup"] > 1.0);
  CHECK(stream["nats_loss"].get<double>() ==
        Approx(stream["nats_per_byte"].get<double>() / stream["dense_nats_per_byte"].get<double>() - 1).margin(1e-4));
  CHECK(json["total"]["bytes"] == stream["bytes"]);
}

TEST_CASE("eval --warm counts the held-out part alone, with a memory that has read what came before", "[cli]") {
  const Folder folder;
  const std::string model = folder.write_model();
  const std::string manifest = write_manifest(folder, 100 * kLine);
  const Json fresh = eval_json({"--model", model, "--workload", manifest});
  const Json warm = eval_json({"--model", model, "--workload", manifest, "--warm"});
  CHECK(fresh["warm"] == false);
  CHECK(warm["warm"] == true);
  const Json& stream = warm["streams"][0];
  CHECK(stream["bytes"] == fresh["streams"][0]["bytes"]);
  CHECK(stream["latency_us"]["dense"]["steps"] == stream["bytes"]);
  std::uint64_t steps = 0;
  for (const auto& tier : stream["tiers"]) steps += tier.get<std::uint64_t>();
  CHECK(steps == stream["bytes"]);
  CHECK(stream["dense_nats_per_byte"].get<double>() < 0.8 * fresh["streams"][0]["dense_nats_per_byte"].get<double>());
  CHECK(stream["anomaly"]["anomalous"] == 1);
}

TEST_CASE("eval scores labelled lines, counted from the part's own start", "[cli]") {
  const Folder folder;
  const std::string model = folder.write_model();
  const std::string manifest = write_manifest(folder, 100 * kLine);
  const Json held = eval_json({"--model", model, "--workload", manifest})["streams"][0]["anomaly"];
  CHECK(held["lines"] == 100);
  CHECK(held["anomalous"] == 1);
  // Only the first lines of a fresh start can surprise as much.
  CHECK(held["dense"]["mean"] > 0.97);
  CHECK(held["gated"]["mean"] > 0.97);
  CHECK(held["dense"]["lambda"] > 0.5);
  const Json early = eval_json({"--model", model, "--workload", manifest, "--part", "calibration"})["streams"][0];
  CHECK(early["bytes"] == 100 * kLine);
  CHECK(early["anomaly"]["anomalous"] == 0);
  CHECK(early["anomaly"]["gated"]["mean"].is_null());
}

TEST_CASE("eval under the dense policy finds nothing to gain and nothing lost", "[cli]") {
  const Folder folder;
  const std::string model = folder.write_model();
  const std::string manifest = write_manifest(folder, 100 * kLine);
  const Json total = eval_json({"--model", model, "--workload", manifest, "--policy", "dense"})["total"];
  CHECK(total["agreement"] == 1);
  CHECK(total["nats_loss"] == 0);
  CHECK(total["mac_speedup"] == 1);
  CHECK(total["kv_saved"] == 0);
  CHECK(total["accuracy_retained"] == 1);
}

TEST_CASE("eval without a workload runs the four of the report", "[cli]") {
  const Folder folder;
  const std::string model = folder.write_model();
  const Json all = eval_json({"--model", model, "--limit", "300"});
  REQUIRE(all["workloads"].size() == 4);
  CHECK(all["workloads"][0]["workload"] == "streaming");
  CHECK(all["workloads"][3]["workload"] == "safety");
  const Json one = eval_json({"--model", model, "--limit", "300", "--workload", "interactive"});
  CHECK(all["workloads"][1]["total"]["nats_per_byte"] == one["total"]["nats_per_byte"]);
  const Said text = run_mgt({"eval", "--model", model, "--limit", "300", "--part", "calibration"});
  CHECK(text.exit == 0);
  for (const char* name : {"streaming: ", "interactive: ", "continuous: ", "safety: "}) {
    CHECK(text.out.find(name) != std::string::npos);
  }
}

TEST_CASE("every shipped workload runs, both parts", "[cli]") {
  const Folder folder;
  const std::string model = folder.write_model();
  for (const char* workload : {"streaming", "interactive", "continuous", "safety", "unseen"}) {
    for (const char* part : {"calibration", "held"}) {
      const Json json = eval_json({"--model", model, "--workload", workload, "--part", part, "--limit", "300"});
      CHECK(json["workload"] == workload);
      CHECK(json["total"]["bytes"] == 300 * json["streams"].size());
      CHECK(json["policy"] == (workload == std::string("safety") ? "exact" : "default"));
    }
  }
}

TEST_CASE("eval --gate scores chance at one half and all layers' agreement by its signals", "[cli]") {
  const Folder folder;
  const std::string model = folder.write_model();
  const Json json = eval_json({"--model", model, "--gate", "--limit", "1200"});
  REQUIRE(json["exits"].size() == 8);
  for (const Json& stream : json["exits"]) {
    INFO(stream["stream"]);
    CHECK(std::abs(stream["auc"]["random"]["mixture"].get<double>() - 0.5) < 0.1);
    const Json& fixed = stream["curves"]["fixed exit"];
    REQUIRE(fixed.size() == 3);  // memory, exit 1, all 3 layers: the tiny model has no exit between
    CHECK(fixed[2]["compute"] == 1);
    CHECK(fixed[0]["compute"] < 0.1);
    CHECK(stream["reliability"].size() == 15);
    std::size_t count = 0;
    for (const Json& bin : stream["reliability"]) count += bin["count"].get<std::size_t>();
    CHECK(count == 1200);
  }
  REQUIRE(json["switches"].size() == 21);
  for (const Json& row : json["switches"]) {
    if (row["signal"] == "random") CHECK(std::abs(row["auc_1_56"].get<double>() - 0.5) < 0.05);
    // Another kind of text surprises the memory, whatever the transformer's weights are.
    if (row["signal"] == "LIF, mixture") CHECK(row["auc_1_8"] > 0.7);
    if (row["signal"] == "lambda, bigram") CHECK(row["auc_24_56"] > 0.7);
  }
  REQUIRE(json["unseen_switches"].size() == json["switches"].size());
  for (const Json& row : json["unseen_switches"]) {
    if (row["signal"] == "random") CHECK(std::abs(row["auc_1_56"].get<double>() - 0.5) < 0.05);
    if (row["signal"] == "LIF, mixture") CHECK(row["auc_1_8"] > 0.7);
  }
}

TEST_CASE("eval names what is wrong with a workload", "[cli]") {
  const Folder folder;
  const std::string model = folder.write_model();
  const Said unknown = run_mgt({"eval", "--model", model, "--workload", "hourly"});
  CHECK(unknown.exit == 2);
  CHECK(unknown.err.find("streaming, interactive, continuous, safety") != std::string::npos);
  const Said both = run_mgt({"eval", "--model", model, "--workload", "streaming", "--gate"});
  CHECK(both.exit == 2);
  const std::string size = std::to_string(two_parts().size());
  const Said cut = run_mgt({"eval", "--model", model, "--workload", write_manifest(folder, 999999)});
  CHECK(cut.exit == 1);
  CHECK(cut.err.find("calibration_bytes is 999999, expected a whole number over 0 and under the " + size) !=
        std::string::npos);
}

TEST_CASE("eval names a manifest's field, what it holds and what is expected", "[cli]") {
  const Folder folder;
  const std::string model = folder.write_model();
  write_manifest(folder, 100 * kLine);
  const auto refused = [&](const std::string& manifest, const std::string& error) {
    const std::string path = folder.write("bad.json", manifest);
    const Said said = run_mgt({"eval", "--model", model, "--workload", path});
    INFO(manifest);
    CHECK(said.exit == 1);
    CHECK(said.err == "mgt: " + path + error + "\n");
  };
  refused("{", ": no JSON from byte 2 on");
  refused("[1]", " is [1], expected an object");
  refused("{}", ": workload is missing, expected a text");
  refused(R"({"workload": 1})", ": workload is 1, expected a text");
  refused(R"({"workload": "w"})", ": policy is missing, expected a text");
  refused(R"({"workload": "w", "policy": "bold"})",
          ": policy is \"bold\", expected one of dense, exact, conservative, default, permissive, custom");
  const std::string head = R"({"workload": "w", "policy": "exact", "streams": )";
  refused(head + "{}}", ": streams is {}, expected a list of streams");
  refused(head + "[]}", ": streams is [], expected at least 1 stream");
  refused(head + "[[]]}", ": streams[0] is [], expected an object");
  refused(head + "[{}]}", ": streams[0].name is missing, expected a text");
  const std::string stream = head + R"([{"name": "n", "file": "stream.log", "calibration_bytes": )";
  const std::string cuts = ", expected a whole number over 0 and under the " + std::to_string(two_parts().size()) +
                           " bytes of " + folder / "stream.log";
  for (const std::string cut : {"-5", "0", "1.5", "\"9\"", "999999"}) {
    refused(stream + cut + "}]}", ": streams[0].calibration_bytes is " + cut + cuts);
  }
  const auto labels = [&](const std::string& value, const std::string& error) {
    refused(stream + "270, \"anomalous_lines\": " + value + "}]}", ": streams[0].anomalous_lines" + error);
  };
  for (const std::string value : {"{}", "1.5", "null"}) {
    labels(value, " is " + value + ", expected a list of pairs of line numbers");
  }
  const std::string pair = ", expected two line numbers, [first, end) with first < end";
  for (const std::string value : {"3", "[1]", "[5,2]", "[2,2]", "[1,2,3]"}) {
    labels("[[0, 1], " + value + "]", "[1] is " + value + pair);
  }
  labels(R"([["a", "b"]])", R"([0][0] is "a", expected a line number)");
  labels("[[-1, 3]]", "[0][0] is -1, expected a line number");
}

TEST_CASE("a manifest needs no description", "[cli]") {
  const Folder folder;
  const std::string model = folder.write_model();
  write_manifest(folder, 100 * kLine);
  const std::string manifest = folder.write(
      "short.json",
      R"({"workload": "w", "policy": "exact", "streams": [{"name": "n", "file": "stream.log", "calibration_bytes": 270}]})");
  const Said said = run_mgt({"eval", "--model", model, "--workload", manifest, "--limit", "100"});
  INFO(said.err);
  CHECK(said.exit == 0);
  CHECK(said.out.starts_with("w\n"));
}

TEST_CASE("the file of signals holds what the dense run cost", "[cli]") {
  const Folder folder;
  const std::string model = folder.write_model();
  const std::string text = mgt::test::sample_text(600);
  const std::string data = folder.write("data", text);
  REQUIRE(run_mgt({"eval", "--model", model, "--signals", folder / "signals", "--data", data}).exit == 0);
  const std::string file = folder.read("signals");
  const std::size_t body = file.find('\n') + 1;
  std::istringstream header(file.substr(0, body));
  std::vector<std::string> names;
  for (std::string name; header >> name;) names.push_back(name);
  REQUIRE(file.size() == body + text.size() * names.size() * sizeof(float));
  const auto at = std::find(names.begin(), names.end(), "exit3.cost");
  REQUIRE(at != names.end());
  double nats = std::log(256.0);  // the first byte
  for (std::size_t row = 0; row < text.size(); ++row) {
    float cost = 0;
    std::memcpy(&cost, file.data() + body + (row * names.size() + static_cast<std::size_t>(at - names.begin())) * 4, 4);
    nats += cost;
  }
  const Said dense = run_mgt({"run", "--model", model, "--policy", "dense", "--json", data});
  const Json json = Json::parse(dense.out);
  CHECK(nats / static_cast<double>(text.size()) == Approx(json["nats_per_byte"].get<double>()).margin(2e-5));
}
#endif
