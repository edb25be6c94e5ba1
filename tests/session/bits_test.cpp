// One golden hash per policy for a whole session: natively under every MGT_ARCH, and in both WebAssembly builds.
#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <fstream>
#include <map>
#include <string>

#include "hash.hpp"
#include "mgt/session.hpp"
#include "support/snapshots.hpp"
#include "support/tiny_energy.hpp"

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

std::string hex16(std::uint64_t hash) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

/// The sample stream under every policy against the hashes of a golden file.
template <class HashOf>
void check_golden(const char* name, HashOf&& hash_of) {
  std::map<std::string, std::string> golden;
  std::ifstream file(std::string(MGT_GOLDEN_DIR "/") + name);
  for (std::string policy, hash; file >> policy >> hash;) golden[policy] = hash;

  const Model model = tiny_model();
  const std::string text = sample_stream();
  const auto check = [&](const std::string& word, const Model& with, const SessionOptions& options) {
    auto session = Session::create(with, options);
    REQUIRE(session.has_value());
    const std::string hash = hex16(hash_of(*session, text));
    CHECK(golden[word] + " for " + word == hash + " for " + word);
  };
  SessionOptions options;
  for (const PolicyKind policy :
       {PolicyKind::dense, PolicyKind::exact, PolicyKind::conservative, PolicyKind::standard, PolicyKind::permissive}) {
    options.policy = policy;
    check(name_of(policy), model, options);
  }
  options.policy = PolicyKind::standard;
  check("energy", tiny_energy_model(), options);
  options.deadline_us = 5;
  options.step_bound_us = {9, 5, 3, 1};
  check("deadline", tiny_energy_model(), options);
}

TEST_CASE("a whole session has the same bits on every target", "[session][golden]") {
  check_golden("session_hashes.txt", [](Session& session, const std::string& text) {
    std::uint64_t chain = 0;
    for (const char c : text) chain = session.step(static_cast<unsigned char>(c))->witness->hash;
    return chain;
  });
}

TEST_CASE("a snapshot has the same bytes on every target", "[session][golden][snapshot]") {
  check_golden("snapshot_hashes.txt", [](Session& session, const std::string& text) {
    for (const char c : text) REQUIRE(session.step(static_cast<unsigned char>(c)));
    const SnapshotBytes bytes = snapshot_of(session);
    return hash64(bytes);
  });
}

}  // namespace
}  // namespace mgt::test
