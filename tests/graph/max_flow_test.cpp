// The cut between past and present is a minimum s-t cut: an outside max-flow solver must find the same value.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // GCC 12 doubts Boost's edge iterators
#endif
#include <array>
#include <bit>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/boykov_kolmogorov_max_flow.hpp>
#include <catch2/catch_test_macros.hpp>
#include <vector>

#include "graph/bigram_cut.hpp"
#include "graph/similarity_cut.hpp"

using namespace mgt::graph;

namespace {

using Traits = boost::adjacency_list_traits<boost::vecS, boost::vecS, boost::directedS>;
using Graph = boost::adjacency_list<
    boost::vecS, boost::vecS, boost::directedS, boost::no_property,
    boost::property<boost::edge_capacity_t, long,
                    boost::property<boost::edge_residual_capacity_t, long,
                                    boost::property<boost::edge_reverse_t, Traits::edge_descriptor>>>>;

void connect(Graph& g, unsigned from, unsigned to, long capacity) {
  const auto there = boost::add_edge(from, to, g).first, back = boost::add_edge(to, from, g).first;
  boost::put(boost::edge_capacity, g, there, capacity);
  boost::put(boost::edge_capacity, g, back, capacity);
  boost::put(boost::edge_reverse, g, there, back);
  boost::put(boost::edge_reverse, g, back, there);
}

long max_flow(Graph& g, unsigned from, unsigned to) {
  const std::size_t n = boost::num_vertices(g);
  std::vector<boost::default_color_type> colours(n);
  std::vector<Traits::edge_descriptor> predecessors(n);
  std::vector<long> distances(n);
  return boost::boykov_kolmogorov_max_flow(g, boost::get(boost::edge_capacity, g),
                                           boost::get(boost::edge_residual_capacity, g),
                                           boost::get(boost::edge_reverse, g), predecessors.data(), colours.data(),
                                           distances.data(), boost::get(boost::vertex_index, g), from, to);
}

/// The flow from the n youngest positions, held together, to the older rest. weight(a, b): of the link of two ages.
template <class Weight>
long flow_across(std::uint32_t n, Weight&& weight) {
  Graph g(kCutWindow + 2);  // vertex a = age a; two more stand for the present and the past
  const unsigned present = kCutWindow, past = kCutWindow + 1;
  constexpr long kUnbreakable = 1 << 20;
  for (unsigned a = 0; a < kCutWindow; ++a) {
    connect(g, a < n ? present : past, a, kUnbreakable);
    for (unsigned b = a + kMinDistance; b < kCutWindow; ++b) {
      if (const long w = weight(a, b); w > 0) connect(g, a, b, w);
    }
  }
  return max_flow(g, present, past);
}

class Random {
 public:
  std::uint32_t below(std::uint32_t n) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::uint32_t>((state_ >> 33) % n);
  }

 private:
  std::uint64_t state_ = 1;
};

struct Storage {
  explicit Storage(std::size_t size) : lines(size / 64 + 1) {}
  std::span<std::byte> bytes() { return std::as_writable_bytes(std::span(lines)); }
  struct alignas(64) Line {
    std::byte bytes[64];
  };
  std::vector<Line> lines;
};

/// One graph per step of a random stream, cut behind a random number of positions.
void check_bigram(int n_graphs) {
  CutOptions options;
  options.statistics = default_bigram_statistics();
  Storage storage(BigramCut::plan_bytes(options));
  BigramCut cut(storage.bytes(), options);
  std::vector<std::uint8_t> bytes;
  Random random;
  int linked = 0;
  for (int t = 0; t < n_graphs + 120; ++t) {
    const std::uint32_t alphabet = 3 + static_cast<std::uint32_t>(t >> 10) % 6;
    bytes.push_back(static_cast<std::uint8_t>(random.below(alphabet)));
    cut.push(bytes.back());
    if (t < 120) continue;
    const std::uint32_t n = 1 + random.below(kMaxYoung);
    const long flow = flow_across(n, [&](unsigned a, unsigned b) {
      const std::uint8_t *young = &bytes[t - a], *old = &bytes[t - b];
      return young[0] == old[0] && young[-1] == old[-1] ? 1 : 0;
    });
    if (flow != static_cast<long>(cut.cut().capacity(n))) FAIL("step " << t << ", n " << n << ": " << flow);
    linked += flow > 0 ? 1 : 0;
  }
  CHECK(linked > n_graphs / 2);  // the others have no link to compare
}

void check_similarity(int n_graphs) {
  SimilarityCutOptions options;
  options.bits = 128;
  options.cut.statistics = default_similarity_statistics(options.bits);
  constexpr std::size_t kWords = 2;
  Storage storage(SimilarityCut::plan_bytes(options));
  SimilarityCut cut(storage.bytes(), options);
  std::vector<std::array<std::uint64_t, kWords>> signatures;
  std::vector<bool> skipped;
  Random random;
  int linked = 0;
  const auto word = [&] { return std::uint64_t{random.below(1u << 31)} << 33 ^ random.below(1u << 31) << 2; };
  for (int t = 0; t < n_graphs + 120; ++t) {
    // A few kinds of position, each a little different from the last of its kind.
    const std::uint32_t kinds = 2 + static_cast<std::uint32_t>(t >> 10) % 12;
    const std::uint32_t back = kinds + random.below(kinds);
    auto next =
        signatures.size() > 2 * kinds ? signatures[signatures.size() - back] : decltype(signatures)::value_type{};
    for (auto& w : next) w ^= word() & word();
    signatures.push_back(next);
    skipped.push_back(random.below(8) == 0);
    cut.push(skipped.back() ? nullptr : next.data());
    if (t < 120) continue;
    const std::uint32_t n = 1 + random.below(kMaxYoung);
    const long flow = flow_across(n, [&](unsigned a, unsigned b) {
      if (skipped[t - a] || skipped[t - b]) return 0;
      int agree = static_cast<int>(options.bits);
      for (std::size_t w = 0; w < kWords; ++w) agree -= std::popcount(signatures[t - a][w] ^ signatures[t - b][w]);
      return agree - static_cast<int>(options.bits * 65 / 100);
    });
    if (flow != static_cast<long>(cut.cut().capacity(n))) FAIL("step " << t << ", n " << n << ": " << flow);
    linked += flow > 0 ? 1 : 0;
  }
  CHECK(linked > n_graphs / 2);  // the others have no link to compare
}

}  // namespace

TEST_CASE("C(n) is the flow between the n youngest positions, held together, and the older rest", "[graph]") {
  check_bigram(2'000);
  check_similarity(2'000);
}

TEST_CASE("C(n) is the flow on 100,000 random graphs", "[graph][.long]") {
  check_bigram(50'000);
  check_similarity(50'000);
}
