// One golden hash per policy for a whole session: natively under every MGT_ARCH, and in both WebAssembly builds.
#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <fstream>
#include <map>
#include <string>

#include "mgt/session.hpp"
#include "support/tiny_model.hpp"

namespace mgt::test {
namespace {

/// Lines of a log that repeat with small changes, with foreign bytes in between: every tier has its turn.
std::string sample_stream() {
  std::string text;
  Random random(17);
  for (int line = 0; line < 120; ++line) {
    char row[96];
    std::snprintf(row, sizeof row, "2026-05-09 07:%02d:%02d status %s package-%llu:amd64 1.%d-2\n", line / 60,
                  line % 60, line % 3 == 0 ? "unpacked" : "installed",
                  static_cast<unsigned long long>(random.next() % 5), line / 7);
    text += row;
    if (line % 20 == 19) {
      for (int i = 0; i < 30; ++i) text += static_cast<char>(random.next() >> 56);
    }
  }
  return text;
}

TEST_CASE("a whole session has the same bits on every target", "[session][golden]") {
  std::map<std::string, std::string> golden;
  std::ifstream file(MGT_GOLDEN_DIR "/session_hashes.txt");
  for (std::string policy, hash; file >> policy >> hash;) golden[policy] = hash;

  const Model model = tiny_model();
  const std::string text = sample_stream();
  for (const PolicyKind policy :
       {PolicyKind::dense, PolicyKind::exact, PolicyKind::conservative, PolicyKind::standard, PolicyKind::permissive}) {
    SessionOptions options;
    options.policy = policy;
    auto session = Session::create(model, options);
    REQUIRE(session.has_value());
    std::uint64_t chain = 0;
    for (const char c : text) chain = session->step(static_cast<unsigned char>(c))->witness->hash;
    char hash[17];
    std::snprintf(hash, sizeof hash, "%016llx", static_cast<unsigned long long>(chain));
    CHECK(golden[name_of(policy)] + " for " + name_of(policy) == std::string(hash) + " for " + name_of(policy));
  }
}

}  // namespace
}  // namespace mgt::test
