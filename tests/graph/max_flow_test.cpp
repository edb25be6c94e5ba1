// The cut between past and present is a minimum s-t cut: an outside max-flow solver must find the same value.
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/edmonds_karp_max_flow.hpp>
#include <catch2/catch_test_macros.hpp>
#include <vector>

#include "graph/bigram_cut.hpp"

using namespace mgt::graph;

namespace {

using Colour = boost::default_color_type;
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
  std::vector<Colour> colours(boost::num_vertices(g));
  std::vector<Traits::edge_descriptor> predecessors(boost::num_vertices(g));
  return boost::edmonds_karp_max_flow(g, from, to, boost::get(boost::edge_capacity, g),
                                      boost::get(boost::edge_residual_capacity, g), boost::get(boost::edge_reverse, g),
                                      colours.data(), predecessors.data());
}

}  // namespace

TEST_CASE("C(n) is the flow between the n youngest positions, held together, and the older rest", "[graph]") {
  CutOptions options;
  options.statistics = default_bigram_statistics();
  struct alignas(64) Line {
    std::byte bytes[64];
  };
  std::vector<Line> lines(BigramCut::plan_bytes(options) / 64 + 1);
  BigramCut cut({reinterpret_cast<std::byte*>(lines.data()), lines.size() * 64}, options);
  std::vector<std::uint8_t> bytes;
  std::uint32_t random = 1;
  for (int t = 0; t < 200; ++t) {
    random = random * 1664525u + 1013904223u;
    bytes.push_back(static_cast<std::uint8_t>((random >> 20) % 4));
    cut.push(bytes.back());
    if (t < 120 || t % 16 != 0) continue;
    for (const std::uint32_t n : kCutYoung) {
      Graph g(kCutWindow + 2);  // vertex a = age a; two more stand for the present and the past
      const unsigned present = kCutWindow, past = kCutWindow + 1;
      constexpr long kUnbreakable = 1 << 20;
      for (unsigned a = 0; a < kCutWindow; ++a) {
        connect(g, a < n ? present : past, a, kUnbreakable);
        for (unsigned b = a + kMinDistance; b < kCutWindow; ++b) {
          const int i = t - static_cast<int>(a), j = t - static_cast<int>(b);
          if (bytes[i] == bytes[j] && bytes[i - 1] == bytes[j - 1]) connect(g, a, b, 1);
        }
      }
      REQUIRE(max_flow(g, present, past) == static_cast<long>(cut.cut().capacity(n)));
    }
  }
}
