// run --save-state and --load-state: a stream in pieces is the whole stream, and what cannot be continued is refused.
#ifdef MGT_CLI
#include <sys/resource.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <nlohmann/json.hpp>

#include "cli/process.hpp"

namespace {

using mgt::test::Folder;
using mgt::test::run_mgt;
using mgt::test::Said;
using Json = nlohmann::ordered_json;
using Arguments = std::vector<std::string>;

Said run(const Folder& folder, Arguments arguments, const std::string& input) {
  arguments.insert(arguments.begin(), {"run", "--model", folder / "tiny.gguf"});
  return run_mgt(arguments, {.input = input});
}

Json run_json(const Folder& folder, Arguments arguments, const std::string& input) {
  arguments.push_back("--json");
  const Said said = run(folder, arguments, input);
  INFO(said.err);
  REQUIRE(said.exit == 0);
  return Json::parse(said.out);
}

void check_refused(const Said& said, int exit, const std::string& part) {
  INFO(said.err);
  CHECK(said.exit == exit);
  CHECK(said.out.empty());
  CHECK(said.err.starts_with("mgt: "));
  CHECK(std::count(said.err.begin(), said.err.end(), '\n') == 1);
  CHECK(said.err.find(part) != std::string::npos);
}

/// While it lives, a file written by a program that starts now ends at `size` bytes and the next write fails.
class SmallFiles {
 public:
  explicit SmallFiles(rlim_t size) {
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
    const rlimit small{.rlim_cur = size, .rlim_max = before_.rlim_max};
    handler_ = std::signal(SIGXFSZ, SIG_IGN);  // else the write ends the program
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  }
  ~SmallFiles() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  SmallFiles(const SmallFiles&) = delete;
  SmallFiles& operator=(const SmallFiles&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int) = SIG_DFL;
};

std::size_t files_in(const std::string& path) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path), {}));
}

}  // namespace

TEST_CASE("a stream in pieces is the whole stream", "[cli][snapshot]") {
  const Folder folder;
  folder.write_model();
  const std::string text = mgt::test::sample_text(6000);
  const std::string state = folder / "state";
  const std::vector<std::size_t> ends{1, 2500, 4600, 6000};
  for (const char* policy : {"dense", "exact", "default"}) {
    INFO(policy);
    const Json whole = run_json(folder, {"--policy", policy, "--save-state", folder / "whole"}, text);
    Json last;
    for (std::size_t i = 0, from = 0; i < ends.size(); from = ends[i++]) {
      Arguments arguments{"--policy", policy, "--save-state", state};
      if (i > 0) arguments.insert(arguments.end(), {"--load-state", state});
      last = run_json(folder, arguments, text.substr(from, ends[i] - from));
      CHECK(last["tokens"] == ends[i] - from);
    }
    for (const char* machine : {"tokens", "seconds", "tokens_per_second"}) last.erase(machine);
    for (const auto& [key, value] : last.items()) {
      INFO(key);
      CHECK(value == whole[key]);
    }
    CHECK(folder.read("state") == folder.read("whole"));
  }
}

TEST_CASE("after --load-state, bytes and speed are those of this run", "[cli][snapshot]") {
  const Folder folder;
  folder.write_model();
  const std::string state = folder / "state";
  run_json(folder, {"--save-state", state}, mgt::test::sample_text(3000));
  const Json json = run_json(folder, {"--load-state", state}, mgt::test::sample_text(2000));
  CHECK(json["tokens"] == 2000);
  // Seconds are rounded to a microsecond, which these 2000 steps take far more than.
  const double bytes = json["tokens_per_second"].get<double>() * json["seconds"].get<double>();
  CHECK(std::abs(bytes - 2000) < 20);
  const Said text = run(folder, {"--load-state", state}, mgt::test::sample_text(2000));
  CHECK(text.out.find("\n2,000 bytes in ") != std::string::npos);
}

TEST_CASE("a state that does not fit ends with 1 and names the file and what differs", "[cli][snapshot]") {
  const Folder folder;
  folder.write_model();
  const std::string state = folder / "state";
  run_json(folder, {"--save-state", state}, mgt::test::sample_text(300));
  const std::string good = folder.read("state");
  const auto refused = [&](const std::string& path, const std::string& part, Arguments arguments = {}) {
    arguments.insert(arguments.end(), {"--load-state", path, "--save-state", state});
    check_refused(run(folder, arguments, "more"), 1, path + ": " + part);
    CHECK(folder.read("state") == good);
  };
  refused(state, "policy was default in the snapshot's session and is exact in this one", {"--policy", "exact"});
  refused(state, "memory was 1 in the snapshot's session and is 0", {"--memory", "off"});
  refused(state, "tier was auto in the snapshot's session and is 2", {"--tier", "2"});
  refused(folder / "absent", "No such file or directory");
  refused(folder.write("empty", ""), "snapshot of 0 bytes, the shortest has 28");
  refused(folder.write("text", std::string(100, 'x')), "not a snapshot: its first bytes are 78 78 78 78");
  const std::string size = std::to_string(good.size());
  refused(folder.write("cut", good.substr(0, good.size() - 1)),
          "snapshot of " + std::to_string(good.size() - 1) + " bytes, it was written with " + size);
  std::string flipped = good;
  flipped[good.size() / 2] ^= 1;
  refused(folder.write("flipped", flipped), "snapshot's bytes have checksum ");
}

TEST_CASE("states and options that exclude each other are usage errors", "[cli][snapshot]") {
  const Folder folder;
  folder.write_model();
  const std::string state = folder / "state";
  run_json(folder, {"--save-state", state}, "some bytes");
  check_refused(run(folder, {"--compare", "--load-state", state}, "x"), 2, "--load-state " + state + ": ");
  check_refused(run(folder, {"--save-state", state, state}, ""), 2, "--save-state " + state + ": is the file of FILE");
}

TEST_CASE("a state that cannot be written leaves the old one", "[cli][snapshot]") {
  const Folder folder;
  folder.write_model();
  const std::string state = folder / "state";
  run_json(folder, {"--save-state", state}, "some bytes");
  const std::string good = folder.read("state");
  const std::size_t files = files_in(folder / ".");
  {
    const SmallFiles limit(4096);
    check_refused(run(folder, {"--save-state", state}, "others"), 1, "state: File too large");
  }
  CHECK(folder.read("state") == good);
  check_refused(run(folder, {"--save-state", state}, ""), 1, "stdin: empty");
  CHECK(folder.read("state") == good);
  CHECK(files_in(folder / ".") == files);
  check_refused(run(folder, {"--save-state", folder / "no/such/place"}, "x"), 1, "no/such/place: No such file");
}
#endif
