// Distances between bit rows: those of std::popcount on every table.
#include <bit>

#include "kernels/support.hpp"

using namespace mgt;
using namespace mgt::test;

TEST_CASE("hamming counts differing bits as popcount does", "[kernels]") {
  constexpr std::size_t kStride = 37;
  std::mt19937_64 random(5);
  for (std::size_t n_words : {1, 2, 4, 8}) {
    for (std::size_t count : {8, 32}) {
      std::vector<std::uint64_t> rows(n_words * kStride), own(n_words);
      for (std::uint64_t& word : rows) word = random();
      for (std::uint64_t& word : own) word = random();
      for (std::size_t w = 0; w < n_words; ++w) {  // the two ends: equal, and different in every bit
        rows[w * kStride] = own[w];
        rows[w * kStride + count - 1] = ~own[w];
      }
      std::vector<std::uint16_t> expected(count);
      for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t w = 0; w < n_words; ++w)
          expected[i] = static_cast<std::uint16_t>(expected[i] + std::popcount(rows[w * kStride + i] ^ own[w]));
      }
      REQUIRE(expected.back() == 64 * n_words);
      for (const KernelTable* table : available_kernels()) {
        INFO(table->name << ", " << n_words << " words, " << count << " rows");
        std::vector<std::uint16_t> distances(count + 1, 7);
        table->hamming(rows.data(), kStride, own.data(), n_words, count, distances.data());
        CHECK(distances.back() == 7);
        distances.pop_back();
        CHECK(distances == expected);
      }
    }
  }
}
