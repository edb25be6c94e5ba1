// mgt run --trace and mgt verify: a trace as written passes, every kind of change is found at its step.
#ifdef MGT_CLI
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "cli/process.hpp"
#include "mgt/trace.hpp"

namespace {

using mgt::test::Folder;
using mgt::test::run_mgt;
using mgt::test::Said;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at + 1));
    at = end + 1;
  }
  return lines;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line;
  return text;
}

std::string written_trace(const Folder& folder, std::size_t steps) {
  const std::string model = folder.write_model();
  const Said said =
      run_mgt({"run", "--model", model, "--trace", folder / "trace"}, {.input = mgt::test::sample_text(steps)});
  REQUIRE(said.exit == 0);
  return folder.read("trace");
}

std::string complaint(const std::string& trace) {
  const Said said = run_mgt({"verify", "-"}, {.input = trace});
  CHECK(said.exit == 1);
  CHECK(said.out.empty());
  CHECK(std::count(said.err.begin(), said.err.end(), '\n') == 1);
  return said.err;
}

}  // namespace

TEST_CASE("a run under a deadline is made again from the bounds that it printed", "[cli][trace]") {
  const Folder folder;
  const std::string model = folder.write_model();
  const std::string input = folder.write("input", mgt::test::sample_text(400));
  const std::string trace = folder / "trace";
  const Said run =
      run_mgt({"run", "--model", model, "--policy", "dense", "--deadline", "1e6", "--trace", trace, "--json", input});
  REQUIRE(run.exit == 0);
  const auto deadline = nlohmann::json::parse(run.out)["deadline"];
  CHECK(deadline["us"] == 1e6);
  CHECK(deadline["tier"] == 0);
  std::string bounds;
  for (const auto& us : deadline["step_bounds_us"]) {
    CHECK(us > 0);
    bounds += (bounds.empty() ? "" : ",") + us.dump();
  }
  const auto verify = [&](const char* us, const std::string& with) {
    return run_mgt({"verify", trace, "--input", input, "--model", model, "--policy", "dense", "--deadline", us,
                    "--step-bounds", with});
  };
  CHECK(verify("1e6", bounds).exit == 0);
  const Said other = verify("10", "40,20,10,5");
  CHECK(other.exit == 1);
  CHECK(other.err.find("tier") != std::string::npos);
  const Said unknown = run_mgt({"verify", trace, "--input", input, "--model", model, "--deadline", "1e6"});
  CHECK(unknown.exit == 2);
  CHECK(unknown.err.find("--deadline needs --step-bounds") != std::string::npos);

  const Said shallow = run_mgt({"run", "--model", model, "--policy", "dense", "--deadline", "10", "--step-bounds",
                                "40,20,10,5", "--trace", trace, "--json", input});
  REQUIRE(shallow.exit == 0);
  CHECK(nlohmann::json::parse(shallow.out)["tiers"]["2"] == 400);
  for (const std::string& line : lines_of(folder.read("trace"))) {
    CHECK(nlohmann::json::parse(line)["reason"] == "Deadline");
  }
}

TEST_CASE("a trace as it was written verifies", "[cli][trace]") {
  const Folder folder;
  const std::string trace = written_trace(folder, 3000);
  CHECK(lines_of(trace).size() == 3000);
  const Said said = run_mgt({"verify", folder / "trace", "--json"});
  REQUIRE(said.exit == 0);
  const auto json = nlohmann::json::parse(said.out);
  CHECK(json["records"] == 3000);
  CHECK(json["first_step"] == 0);
  CHECK(json["last_step"] == 2999);
  CHECK(json["last_hash"] == nlohmann::json::parse(lines_of(trace).back())["hash"]);
  CHECK(run_mgt({"verify", folder / "trace"}).out.find("3,000 records") != std::string::npos);
}

TEST_CASE("no flipped bit of a record goes unnoticed", "[cli][trace]") {
  const Folder folder;
  const std::vector<std::string> lines = lines_of(written_trace(folder, 12));
  const std::size_t size = lines[7].size() - 1;
  for (std::size_t at = 0; at < size; at += 11) {
    std::vector<std::string> changed = lines;
    changed[7][at] = static_cast<char>(changed[7][at] ^ 1);
    const std::string said = complaint(joined(changed));
    INFO(said);
    CHECK(said.starts_with("mgt: stdin: line 8: "));
  }
}

TEST_CASE("records that are missing, moved or from elsewhere are found at their step", "[cli][trace]") {
  const Folder folder;
  const std::vector<std::string> lines = lines_of(written_trace(folder, 20));
  std::vector<std::string> changed = lines;
  changed.erase(changed.begin() + 5);
  CHECK(complaint(joined(changed)).find("line 6: step 6 follows step 4") != std::string::npos);
  changed = lines;
  std::swap(changed[3], changed[4]);
  CHECK(complaint(joined(changed)).find("line 4: step 4 follows step 2") != std::string::npos);
  changed = lines;
  const std::size_t token = changed[9].find("\"token\":") + 8;
  changed[9].replace(token, changed[9].find(',', token) - token, "1");
  CHECK(complaint(joined(changed)).find("line 10: step 9 says hash ") != std::string::npos);

  const Folder other;
  const std::string model = other.write_model();
  run_mgt({"run", "--model", model, "--policy", "dense", "--trace", other / "trace"},
          {.input = "another stream of bytes"});
  changed = lines;
  changed[10] = lines_of(other.read("trace"))[10];
  CHECK(complaint(joined(changed)).find("line 11: step 10 continues ") != std::string::npos);
}

TEST_CASE("a trace is made again from its input and its model", "[cli][trace]") {
  const Folder folder;
  const std::string model = folder.write_model();
  const std::string text = mgt::test::sample_text(400);
  folder.write("input", text);
  folder.write("shorter", text.substr(0, 300));
  folder.write("longer", text + "x");
  std::string other = text;
  other[250] = static_cast<char>(other[250] ^ 1);
  folder.write("other", other);
  for (const char* policy : {"default", "exact"}) {
    const Said ran = run_mgt({"run", "--model", model, "--policy", policy, "--trace", folder / "t", folder / "input"});
    REQUIRE(ran.exit == 0);
    const auto verify = [&](const char* input, const std::string& trace) {
      return run_mgt({"verify", "-", "--model", model, "--policy", policy, "--json", "--input", folder / input},
                     {.input = trace});
    };
    const std::string trace = folder.read("t");
    const Said said = verify("input", trace);
    REQUIRE(said.exit == 0);
    CHECK(nlohmann::json::parse(said.out)["recomputed"] == 400);
    CHECK(verify("other", trace).err.find("line 251: step 250 says token ") != std::string::npos);
    CHECK(verify("shorter", trace).err.find("step 300 has no byte, ") != std::string::npos);
    CHECK(verify("longer", trace).err.find("ends with step 399, ") != std::string::npos);

    std::vector<std::string> lines = lines_of(trace);
    lines.pop_back();
    CHECK(verify("input", joined(lines)).err.find("ends with step 398, ") != std::string::npos);
    lines = lines_of(trace);
    lines.erase(lines.begin(), lines.begin() + 100);  // from the middle of the stream to its end
    CHECK(verify("input", joined(lines)).exit == 0);
  }
}

TEST_CASE("a record that was changed and sealed again is found by recomputing", "[cli][trace]") {
  const Folder folder;
  const std::string model = folder.write_model();
  folder.write("input", mgt::test::sample_text(60));
  REQUIRE(run_mgt({"run", "--model", model, "--trace", folder / "t", folder / "input"}).exit == 0);
  std::string trace;
  std::uint64_t previous = 0;
  for (const std::string& line : lines_of(folder.read("t"))) {
    mgt::Witness witness = *mgt::parse_trace_line(std::string_view(line).substr(0, line.size() - 1));
    if (witness.step == 40) witness.kv_bytes_read += 1;
    if (witness.step > 40) witness.previous_hash = previous;
    previous = witness.hash = mgt::seal(witness);
    char text[mgt::kMaxTraceLine];
    trace += std::string(text, mgt::format_trace_line(witness, text)) + "\n";
  }
  CHECK(run_mgt({"verify", "-"}, {.input = trace}).exit == 0);
  const Said said = run_mgt({"verify", "-", "--model", model, "--input", folder / "input"}, {.input = trace});
  CHECK(said.exit == 1);
  CHECK(said.err.find("line 41: step 40 says kv_bytes_read ") != std::string::npos);
  CHECK(said.err.find("recomputed it is ") != std::string::npos);
}

TEST_CASE("a trace of another model is told at its beginning", "[cli][trace]") {
  const Folder folder;
  const std::string model = folder.write_model();
  folder.write("input", mgt::test::sample_text(60));
  REQUIRE(run_mgt({"run", "--model", "micro", "--trace", folder / "t", folder / "input"}).exit == 0);
  const Said said = run_mgt({"verify", folder / "t", "--model", model, "--input", folder / "input"});
  CHECK(said.exit == 1);
  CHECK(said.err.find("line 1: step 0 continues ") != std::string::npos);
  CHECK(run_mgt({"verify", folder / "t", "--limit", "5"}).exit == 2);
  CHECK(run_mgt({"verify", "-", "--input", "-"}, {.input = "{}"}).exit == 2);
}

TEST_CASE("what is no trace is told by line and field", "[cli][trace]") {
  CHECK(complaint("hello\n") == "mgt: stdin: line 1: column 1: expected '{'\n");
  CHECK(complaint(std::string(40000, '{')).find("line") != std::string::npos);
  CHECK(complaint("{\"step\":-1}\n").find("step: expected a number from 0 to 18446744073709551615, found '-1'") !=
        std::string::npos);
}
#endif
