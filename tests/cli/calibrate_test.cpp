// mgt calibrate: what it promises it measures again, and the copy it writes is the model with other thresholds.
#ifdef MGT_CLI
#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "cli/process.hpp"

namespace {

using Catch::Approx;
using mgt::test::Folder;
using mgt::test::run_mgt;
using mgt::test::Said;
using Json = nlohmann::ordered_json;

Json json_of(const std::vector<std::string>& arguments) {
  const Said said = run_mgt(arguments);
  INFO(said.err);
  REQUIRE(said.exit == 0);
  return Json::parse(said.out);
}

constexpr std::size_t kBytes = 40 * 256;

}  // namespace

TEST_CASE("calibrate chooses within the risk and writes a copy that runs so", "[cli][calibrate]") {
  const Folder folder;
  const std::string model = folder.write_model();
  const std::string data = folder.write("data", mgt::test::sample_text(kBytes));
  const std::string out = folder / "out.gguf";
  const Json json = json_of({"calibrate", "--model", model, "--data", data, "--risk", "0.9", "--policy", "permissive",
                             "--out", out, "--resamples", "20", "--json"});
  CHECK(json["blocks"] == 40);
  CHECK(json["bytes"] == kBytes);
  CHECK(json["kv"] == "propagate");
  CHECK(json["bound"] <= 0.9);
  CHECK(json["loss"] <= json["bound"]);
  CHECK(json["resamples"]["rounds"] == 20);
  CHECK(json["candidates"].size() > 10);

  const Json run = json_of({"run", "--model", out, "--policy", "permissive", "--compare", "--json", data});
  const double dense = run["dense"]["nats_per_byte"];
  CHECK(run["nats_per_byte"].get<double>() / dense - 1 == Approx(json["loss"].get<double>()).margin(1e-4));
  CHECK(json["energy_weights"].size() == 24);  // the model had none
  const Json custom =
      json_of({"run", "--model", out, "--policy", "custom", "--json", "--energy-max", json["energy_max"].dump(), data});
  CHECK(custom["logits_hash"] == run["logits_hash"]);
  const Json before = json_of({"run", "--model", model, "--policy", "default", "--json", data});
  const Json after = json_of({"run", "--model", out, "--policy", "default", "--json", data});
  CHECK(before["logits_hash"] == after["logits_hash"]);  // only the policy asked for has changed
}

TEST_CASE("calibrate --warm-up counts the bytes behind it, with a memory that has read it", "[cli][calibrate]") {
  const Folder folder;
  const std::string model = folder.write_model();
  const std::string data = folder.write("data", mgt::test::sample_text(kBytes + 3000));
  const std::vector<std::string> arguments = {"calibrate", "--model", model, "--data", data, "--risk", "0.9", "--json"};
  std::vector<std::string> with_warm_up = arguments;
  with_warm_up.insert(with_warm_up.end(), {"--warm-up", "3000"});
  const Json fresh = json_of(arguments);
  const Json warm = json_of(with_warm_up);
  CHECK(fresh["warm_up"] == 0);
  CHECK(warm["warm_up"] == 3000);
  CHECK(fresh["bytes"] == kBytes + 11 * 256);
  CHECK(warm["bytes"] == kBytes);
  CHECK(warm["candidates"][0]["loss"] != fresh["candidates"][0]["loss"]);

  const Said nothing_left = run_mgt({"calibrate", "--model", model, "--data", data, "--warm-up", "13240"});
  CHECK(nothing_left.exit == 1);
  CHECK(nothing_left.err.find("--warm-up 13240") != std::string::npos);
  CHECK(nothing_left.err.find("has 13,240 bytes") != std::string::npos);
}

TEST_CASE("calibrate --report plots the thresholds and the gate beside others", "[cli][calibrate]") {
  const Folder folder;
  const std::string model = folder.write_model();
  const std::string data = folder.write("a & b.log", mgt::test::sample_text(kBytes));
  const std::string byte = folder.write("byte", "x");  // fills no block
  const std::string page = folder / "page.html";
  const std::vector<std::string> arguments = {"calibrate", "--model", model,    "--data", data,
                                              "--data",    byte,      "--risk", "0.9",    "--json"};
  std::vector<std::string> reported = arguments;
  reported.insert(reported.end(), {"--report", page});
  const Json json = json_of(reported);
  CHECK(json["report"] == page);
  REQUIRE(json["gates"].size() == 1);
  CHECK(json["gates"][0]["stream"] == "a & b.log");
  for (const char* gate : {"random", "fixed exit", "entropy", "margin", "energy, as gated"}) {
    CHECK(json["gates"][0]["curves"][gate].size() > 2);
  }
  CHECK(json["energy_max"] == json_of(arguments)["energy_max"]);

  const std::string html = folder.read("page.html");
  CHECK(html.starts_with("<!doctype html>"));
  CHECK(html.find("a &amp; b.log") != std::string::npos);
  CHECK(html.find("a & b.log") == std::string::npos);
  for (const char* name : {">random<", ">fixed exit<", ">entropy<", ">margin<", ">energy, as the gate takes it<"}) {
    CHECK(html.find(name) != std::string::npos);
  }
  std::size_t plots = 0;
  for (std::size_t at = html.find("role=\"img\""); at != std::string::npos; at = html.find("role=\"img\"", at + 1))
    ++plots;
  CHECK(plots == 3);

  const Said itself = run_mgt({"calibrate", "--model", model, "--data", data, "--report", data});
  CHECK(itself.exit == 2);
  CHECK(itself.err.find("is the file of --data") != std::string::npos);
  const Said twice = run_mgt({"calibrate", "--model", model, "--data", data, "--report", page, "--out", page});
  CHECK(twice.exit == 2);
  CHECK(twice.err.find("is the file of --out") != std::string::npos);
}

TEST_CASE("calibrate --report shows what was tried where no threshold keeps within the risk", "[cli][calibrate]") {
  const Folder folder;
  const std::string model = folder.write_model();
  const std::string data = folder.write("data", mgt::test::sample_text(kBytes));
  const std::string page = folder / "page.html";
  const std::vector<std::string> arguments = {"calibrate", "--model", model, "--data", data, "--risk", "0"};
  const Said none = run_mgt(arguments);
  CHECK(none.exit == 1);
  CHECK(none.err.find("--risk 0.0000: no threshold keeps within it at confidence 0.95") != std::string::npos);
  CHECK(none.err.find("the safest, an energy of 0.0002, has a bound of 0.") != std::string::npos);
  std::vector<std::string> with_page = arguments;
  with_page.insert(with_page.end(), {"--report", page});
  const Said shown = run_mgt(with_page);
  CHECK(shown.exit == 1);
  CHECK(shown.err.find("plots in " + page) != std::string::npos);
  const std::string html = folder.read("page.html");
  CHECK(html.find("accepted energy: none; the safest") != std::string::npos);
  CHECK(html.find("None is chosen") != std::string::npos);
  CHECK(html.find(">chosen<") == std::string::npos);
}

TEST_CASE("calibrate refuses what it cannot promise", "[cli][calibrate]") {
  const Folder folder;
  const std::string model = folder.write_model();
  const std::string little = folder.write("little", mgt::test::sample_text(39 * 256 + 255));
  const Said few = run_mgt({"calibrate", "--model", model, "--data", little});
  CHECK(few.exit == 1);
  CHECK(few.err.find("39 blocks of 256 bytes, calibrating needs at least 40") != std::string::npos);
  const Said policy = run_mgt({"calibrate", "--model", model, "--data", little, "--policy", "exact"});
  CHECK(policy.exit == 2);
  CHECK(policy.err.find("expected conservative, default or permissive") != std::string::npos);
  const Said itself = run_mgt({"calibrate", "--model", model, "--data", little, "--out", model});
  CHECK(itself.exit == 2);
  const Said missing = run_mgt({"calibrate", "--model", model, "--data", folder / "none"});
  CHECK(missing.exit == 1);
  CHECK(run_mgt({"calibrate", "--model", model, "--data", little, "--risk", "2"}).exit == 2);
}

TEST_CASE("calibrate takes no stream without a byte, and fits on none that has a single one", "[cli][calibrate]") {
  const Folder folder;
  const std::string model = folder.write_model();
  const std::string data = folder.write("data", mgt::test::sample_text(kBytes));
  const std::string empty = folder.write("empty", "");
  const Said nothing = run_mgt({"calibrate", "--model", model, "--data", data, "--data", empty, "--fit"});
  CHECK(nothing.exit == 1);
  CHECK(nothing.err == "mgt: " + empty + ": empty, expected at least 1 byte\n");
  const std::vector<std::string> alone{"calibrate", "--model", model,   "--data", data,
                                       "--risk",    "0.9",     "--fit", "--json"};
  std::vector<std::string> with_byte = alone;
  with_byte.insert(with_byte.begin() + 3, {"--data", folder.write("byte", "x")});
  CHECK(json_of(with_byte)["energy_weights"] == json_of(alone)["energy_weights"]);
}
#endif
