#include <bit>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <cstring>
#include <memory>
#include <vector>

#include "graph/bigram_cut.hpp"
#include "graph/reference_cut.hpp"
#include "graph/similarity_cut.hpp"

namespace {

using namespace mgt;
using namespace mgt::graph;

struct Storage {
  explicit Storage(std::size_t n) : words(n / 64 + 1), bytes(reinterpret_cast<std::byte*>(words.data()), n) {}
  struct alignas(64) Line {
    std::byte bytes[64];
  };
  std::vector<Line> words;
  std::span<std::byte> bytes;
};

struct Random {
  std::uint64_t state = 88172645463325252ull;
  std::uint64_t operator()() {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
  }
};

/// Facts that may be compared at a step, against the naive cut.
template <class Reference>
void check(const SequenceCut& cut, const Reference& reference, std::int64_t t,
           const detail::CutStatistics& statistics) {
  const CutReading& r = cut.reading();
  const auto [z, n] = reference.minimum(t, statistics);
  REQUIRE((r.young == 0) == (n == 0));
  if (n == 0) {
    REQUIRE(r.lambda == kNeutralLambda);
    return;
  }
  const double lambda = std::min(65535.0, std::max(0.0, std::round((z + 8) * 4096)));
  REQUIRE(std::abs(static_cast<double>(r.lambda) - lambda) <= 1.0);
  const auto [capacity, edges] = reference.capacity(t, r.young);
  REQUIRE(r.capacity == capacity);
  REQUIRE(r.boundary_edges == edges);
  const auto shares = reference.brought(t, r.young);
  std::int64_t sum = 0, heavy = 0;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    sum += shares[i];
    heavy += i < 4 ? shares[i] : 0;
  }
  REQUIRE(r.boundary_concentration_q15 == (sum > 0 ? heavy * 32767 / sum : 0));
}

}  // namespace

TEST_CASE("bigram cut equals the naive one on every capacity over 100,000 steps", "[graph]") {
  CutOptions options;
  options.statistics = default_bigram_statistics();
  Storage storage(BigramCut::plan_bytes(options));
  BigramCut cut(storage.bytes, options);
  Random random;
  std::vector<std::uint8_t> bytes;
  const auto linkable = [&](std::int64_t i) { return i > 0; };
  const auto weight = [&](std::int64_t i, std::int64_t j) {
    return bytes[i] == bytes[j] && bytes[i - 1] == bytes[j - 1] ? 1 : 0;
  };
  test::ReferenceCut reference(weight, linkable);
  // C_t(n) by its definition, from a matrix of links kept beside: cheap enough for every step and every n.
  std::vector<std::vector<std::uint8_t>> links(128, std::vector<std::uint8_t>(128));
  for (std::int64_t t = 0; t < 100'000; ++t) {
    const std::uint64_t alphabet = 2 + (t >> 12) % 9;
    bytes.push_back(static_cast<std::uint8_t>(random() % alphabet));
    cut.push(bytes.back());
    for (std::int64_t j = t - 127; j < t; ++j)
      links[t & 127][j & 127] = static_cast<std::uint8_t>(reference.link(t, j));
    std::uint32_t sum = 0;
    for (std::int64_t n = 1; n <= kMaxYoung; ++n) {
      // from n - 1 to n: position t-n+1 joins the young; its links to the younger no longer cross, those to the older
      // do
      const std::int64_t joins = t - n + 1;
      for (std::int64_t i = joins + 1; i <= t; ++i) sum -= links[i & 127][joins & 127];
      for (std::int64_t j = t - 111; j < joins; ++j) sum += links[joins & 127][j & 127];
      if (joins < 0) break;
      if (cut.cut().capacity(static_cast<std::uint32_t>(n)) != sum) {
        FAIL("step " << t << " n " << n << ": " << cut.cut().capacity(static_cast<std::uint32_t>(n)) << " != " << sum);
      }
    }
    if (t % 37 == 0) check(cut.cut(), reference, t, options.statistics);
  }
}

TEST_CASE("similarity cut equals the naive one, with skipped positions and all widths", "[graph]") {
  for (const std::uint32_t bits : {128u, 256u, 320u, 512u}) {
    SimilarityCutOptions options;
    options.bits = bits;
    options.cut.statistics = default_similarity_statistics(bits);
    Storage storage(SimilarityCut::plan_bytes(options));
    SimilarityCut cut(storage.bytes, options);
    Random random;
    const std::uint32_t words = (bits + 63) / 64;
    std::vector<std::uint64_t> signatures;
    std::vector<bool> valid;
    const auto linkable = [&](std::int64_t i) { return static_cast<bool>(valid[i]); };
    const auto weight = [&](std::int64_t i, std::int64_t j) {
      int agree = static_cast<int>(bits);
      for (std::uint32_t w = 0; w < words; ++w)
        agree -= std::popcount(signatures[i * words + w] ^ signatures[j * words + w]);
      return std::max(0, agree - static_cast<int>(bits * 65 / 100));
    };
    test::ReferenceCut reference(weight, linkable);
    std::vector<std::uint64_t> kinds(8 * words);
    for (auto& k : kinds) k = random();
    for (std::int64_t t = 0; t < 3'000; ++t) {
      const std::uint64_t kind = random() % 8;
      for (std::uint32_t w = 0; w < words; ++w) {
        const std::uint32_t in_word = std::min(64u, bits - 64 * w);
        const std::uint64_t mask = in_word == 64 ? ~0ull : (1ull << in_word) - 1;
        signatures.push_back((kinds[kind * words + w] ^ (random() & random())) & mask);
      }
      const bool skipped = random() % 4 == 0 || (t >= 1500 && t < 1800);
      valid.push_back(t < 1000 || !skipped || t > 2900);
      cut.push(valid[t] ? &signatures[t * words] : nullptr);
      if (t % 11 != 0) continue;
      for (std::uint32_t n = 1; n <= kMaxYoung && n <= t; n += 5) {
        const auto [capacity, edges] = reference.capacity(t, n);
        REQUIRE(cut.cut().capacity(n) == capacity);
        REQUIRE(cut.cut().edges(n) == edges);
      }
      check(cut.cut(), reference, t, options.cut.statistics);
    }
  }
}

TEST_CASE("lambda falls and a boundary opens where the kind of stream changes", "[graph]") {
  CutOptions options;
  options.statistics = default_bigram_statistics();
  Storage storage(BigramCut::plan_bytes(options));
  BigramCut cut(storage.bytes, options);
  const char log[] = "status installed libfoo:amd64 1.2\n";
  const char code[] = "    return self._x[k]\n  if not y:\n";
  for (int i = 0; i < 600; ++i) cut.push(static_cast<std::uint8_t>(log[i % 34]));
  const std::uint32_t before = cut.reading().lambda;
  REQUIRE(cut.reading().partition_count == 0);
  std::uint32_t lowest = before, partitions = 0;
  for (int i = 0; i < 40; ++i) {
    const CutReading& r = cut.push(static_cast<std::uint8_t>(code[i % 34]));
    lowest = std::min(lowest, r.lambda);
    partitions = std::max<std::uint32_t>(partitions, r.partition_count);
  }
  CHECK(lowest < before);
  CHECK(partitions == 1);
  for (int i = 0; i < 300; ++i) cut.push(static_cast<std::uint8_t>(code[i % 34]));
  CHECK(cut.reading().partition_count == 0);
}

TEST_CASE("all state lies in the storage: a copy of its bytes continues alike", "[graph]") {
  CutOptions options;
  options.statistics = default_bigram_statistics();
  Storage a(BigramCut::plan_bytes(options)), b(BigramCut::plan_bytes(options));
  BigramCut first(a.bytes, options), second(b.bytes, options);
  Random random;
  for (int i = 0; i < 777; ++i) first.push(static_cast<std::uint8_t>(random() % 5));
  std::memcpy(b.bytes.data(), a.bytes.data(), a.bytes.size());
  for (int i = 0; i < 777; ++i) {
    const auto byte = static_cast<std::uint8_t>(random() % 5);
    REQUIRE(first.push(byte).lambda == second.push(byte).lambda);
  }
}
