// A slot of the context table against the same rules written byte by byte.
#include "memory/context_table.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <vector>

#include "support/tiny_model.hpp"

using namespace mgt::memory;

namespace {

struct Counted {
  std::uint8_t symbol;
  std::uint32_t count;
};

/// Most recent first: the byte that comes gains one, the others keep three quarters, the seventh makes room.
void record_plainly(std::vector<Counted>& seen, std::uint8_t byte) {
  const auto known = std::ranges::find(seen, byte, &Counted::symbol);
  Counted newest{byte, 1};
  if (known != seen.end()) {
    newest.count = std::min(known->count + 1, 255u);
    seen.erase(known);
  } else if (seen.size() == kSlotBytes) {
    seen.pop_back();
  }
  for (Counted& other : seen) {
    if (other.count > 2) other.count -= (other.count + 1) / 4;
  }
  seen.insert(seen.begin(), newest);
}

std::vector<Counted> contents(const ContextSlot& slot) {
  std::vector<Counted> result;
  for (std::uint32_t i = 0; i < kSlotBytes && slot.count[i] != 0; ++i)
    result.push_back({slot.symbol[i], slot.count[i]});
  return result;
}

}  // namespace

TEST_CASE("A slot keeps the last seven bytes with their counts", "[memory][contexts]") {
  mgt::test::Random random(11);
  for (int round = 0; round < 2'000; ++round) {
    ContextSlot slot{};
    slot.check = 0xABCD;
    std::vector<Counted> plain;
    const std::uint64_t n_symbols = 1 + random.next() % 10;
    const std::uint32_t n_bytes = round % 20 == 0 ? 600 : 40;  // the long ones reach the highest count
    for (std::uint32_t i = 0; i < n_bytes; ++i) {
      const auto byte = static_cast<std::uint8_t>(random.next() % n_symbols * (round % 2 == 0 ? 1 : 51));
      slot.record(byte);
      record_plainly(plain, byte);
      const std::vector<Counted> seen = contents(slot);
      REQUIRE(seen.size() == plain.size());
      for (std::size_t k = 0; k < seen.size(); ++k) {
        REQUIRE(seen[k].symbol == plain[k].symbol);
        REQUIRE(seen[k].count == plain[k].count);
      }
    }
    CHECK(slot.check == 0xABCD);
  }
}

TEST_CASE("The table finds a context again and gives the weakest slot of a line away", "[memory][contexts]") {
  alignas(64) ContextSlot slots[8]{};
  ContextTable table(slots, 3);
  // Five contexts of the upper line, told apart by their lower bits.
  const std::uint32_t hashes[] = {0x80000010, 0x80000020, 0x80000030, 0x80000040, 0x80000050};
  for (std::uint32_t i = 0; i < 4; ++i) {
    CHECK(table.peek(hashes[i]) == nullptr);
    const std::uint32_t at = table.find(hashes[i]);
    for (std::uint32_t n = 0; n < 9 - 2 * i; ++n) table[at].record('a');
  }
  for (std::uint32_t i = 0; i < 4; ++i) {
    const ContextSlot* slot = table.peek(hashes[i]);
    REQUIRE(slot != nullptr);
    CHECK(slot->count[0] == 9 - 2 * i);
    CHECK(&table[table.find(hashes[i])] == slot);
  }
  const std::uint32_t given = table.find(hashes[4]);
  CHECK(table[given].count[0] == 0);
  CHECK(table.peek(hashes[3]) == nullptr);
  CHECK(table.peek(hashes[0]) != nullptr);
}
