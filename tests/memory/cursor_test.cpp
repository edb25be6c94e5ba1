// Where the stream stands: fields, places in a line, and matches that go on behind a miss.
#include "memory/cursor.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <string_view>
#include <vector>

using namespace mgt::memory;

namespace {

constexpr std::size_t kRing = 1024;

/// A cursor over a history of its own.
struct Walk {
  std::array<std::uint8_t, kRing + History::kMirror> bytes{};
  History history{bytes.data(), kRing - 1};
  Cursor at{};
  std::uint32_t contexts[kContexts]{};

  void read(std::string_view text) {
    for (const char c : text) at.advance(history, static_cast<std::uint8_t>(c), contexts);
  }
};

/// The hashes of all contexts behind whole lines and the beginning of one.
std::vector<std::uint32_t> contexts_behind(std::string_view text) {
  Walk walk;
  walk.read("\n");
  walk.read(text);
  return {std::begin(walk.contexts), std::end(walk.contexts)};
}

std::size_t n_equal(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b) {
  std::size_t n = 0;
  for (std::size_t i = 0; i < a.size(); ++i) n += a[i] == b[i];
  return n;
}

}  // namespace

TEST_CASE("letters of the word so far are counted up to three", "[memory]") {
  Walk walk;
  CHECK(letters_behind(walk.at.recent) == 0);
  const std::string_view text = "a b_2\xC3\xBC, 7x";
  const std::vector<int> expected = {1, 0, 1, 2, 3, 3, 3, 0, 0, 1, 2};
  for (std::size_t i = 0; i < text.size(); ++i) {
    walk.read(text.substr(i, 1));
    CHECK(letters_behind(walk.at.recent) == expected[i]);
  }
}

TEST_CASE("a place is a field of the line and a byte of the field", "[memory]") {
  Walk walk;
  walk.read("\n");
  CHECK(walk.at.place() == 0);
  walk.read("ab");
  CHECK(walk.at.place() == 2);
  walk.read(",");
  CHECK(walk.at.place() == 8);
  walk.read("x\ty;z|w v");
  CHECK(walk.at.place() == 8 * 5 + 1);
  walk.read("0123456789");
  CHECK(walk.at.place() == 8 * 5 + 7);
  walk.read(" 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32");
  CHECK(walk.at.place() == kPlaces - 1);
  CHECK(walk.at.n_fields == kMaxFields);
  walk.read("\n");
  CHECK(walk.at.place() == 0);
}

TEST_CASE("contexts see the line above through its fields", "[memory]") {
  // Nothing differs but the next field above.
  const auto half = contexts_behind("id=1 status half\nid=1 stat");
  CHECK(n_equal(half, contexts_behind("id=1 status half\nid=1 stat")) == kContexts);
  CHECK(n_equal(half, contexts_behind("id=1 status full\nid=1 stat")) == kContexts - 1);
  // A field of another length above: the byte above is found by the field, not by the column.
  CHECK(n_equal(contexts_behind("9 abc x\n9 ab"), contexts_behind("12345 abc x\n9 ab")) == kContexts);
  // Another byte above, then another pair above that begins with the same byte.
  CHECK(n_equal(contexts_behind("9 abcd x\n9 ab"), contexts_behind("9 abXd x\n9 ab")) == kContexts - 2);
  CHECK(n_equal(contexts_behind("9 abcd x\n9 ab"), contexts_behind("9 abcX x\n9 ab")) == kContexts - 1);
}

TEST_CASE("behind an empty line contexts see nothing that has not come yet", "[memory]") {
  const std::string_view text = "one two\n\n";
  Walk young, old;
  young.read(text);
  // The same ring, with what was written a whole turn ago where the next byte will stand.
  old.bytes[text.size()] = 'x';
  old.read(text);
  CHECK(std::equal(std::begin(young.contexts), std::end(young.contexts), std::begin(old.contexts)));
}

TEST_CASE("a match goes on behind a miss while few of its last bytes were wrong", "[memory]") {
  const Walk walk;
  const History& history = walk.history;
  constexpr std::string_view past = "2026-11-22 10:00:05 status";
  for (std::uint32_t i = 0; i < past.size(); ++i) history.put(i + 1, static_cast<std::uint8_t>(past[i]));
  constexpr std::uint32_t here = 500;
  const auto follow = [&](std::string_view text, std::uint32_t max_misses) {
    MatchModel match{1, 30, 0};
    for (std::uint32_t i = 0; i < text.size(); ++i) {
      history.put(here + i, static_cast<std::uint8_t>(text[i]));
      match.advance(history, here + i, 100, max_misses);
    }
    return match;
  };
  CHECK(follow("2026-11-22", 3).length == 40);
  CHECK(follow("2026-11-23", 0).length == 0);
  const MatchModel missed = follow("2026-11-23 10", 3);
  CHECK(missed.length == 4);  // one, and the three since
  CHECK(missed.expected(history) == ':');
  CHECK(follow("2026-11-33 11", 3).length == 1);
  CHECK(follow("2026-11-33 21", 3).length == 0);  // 4 of 8
  CHECK(follow("2026-12-22 10:00:15", 3).length > 0);
}
