// One position of each sequence cut: what lambda costs a step.
#include "graph/bigram_cut.hpp"
#include "graph/similarity_cut.hpp"
#include "kernels/support.hpp"
#include "mgt/kernels.hpp"

using namespace mgt;
using namespace mgt::bench;

namespace {

constexpr std::uint32_t kBits = 256;
constexpr std::size_t kWords = kBits / 64;
constexpr std::size_t kPositions = 1024;

/// Signatures of a few kinds of position, each with an eighth of its bits flipped.
std::vector<std::uint64_t> signatures() {
  std::mt19937_64 random(7);
  std::vector<std::uint64_t> kinds(8 * kWords), all;
  for (auto& word : kinds) word = random();
  for (std::size_t i = 0; i < kPositions; ++i) {
    const std::size_t kind = random() % 8;
    for (std::size_t w = 0; w < kWords; ++w) all.push_back(kinds[kind * kWords + w] ^ (random() & random() & random()));
  }
  return all;
}

void add_similarity() {
  const std::string shape = std::to_string(kBits);
  register_all("similarity_cut", shape, [](benchmark::State& state, const KernelTable& table, const std::string& name) {
    use_arch(table.name);
    graph::SimilarityCutOptions options;
    options.bits = kBits;
    options.cut.statistics = graph::default_similarity_statistics(kBits);
    const std::size_t bytes = graph::SimilarityCut::plan_bytes(options);
    Buffer<std::byte> storage(bytes);
    graph::SimilarityCut cut({storage.data.get(), bytes}, options);
    const std::vector<std::uint64_t> all = signatures();
    std::size_t at = 0;
    measure(state, table, name, "GB/s", graph::kCutWindow * kBits / 8, [&] {
      cut.push(&all[at * kWords]);
      at = (at + 1) % kPositions;
    });
  });
}

void add_bigram() {
  register_all("bigram_cut", "2", [](benchmark::State& state, const KernelTable& table, const std::string& name) {
    use_arch(table.name);
    graph::CutOptions options;
    options.statistics = graph::default_bigram_statistics();
    const std::size_t bytes = graph::BigramCut::plan_bytes(options);
    Buffer<std::byte> storage(bytes);
    graph::BigramCut cut({storage.data.get(), bytes}, options);
    std::mt19937 random(7);
    std::vector<std::uint8_t> stream(kPositions);
    for (auto& byte : stream) byte = static_cast<std::uint8_t>(random() % 16);
    std::size_t at = 0;
    measure(state, table, name, "GB/s", graph::kCutWindow * 2, [&] {
      cut.push(stream[at]);
      at = (at + 1) % kPositions;
    });
  });
}

[[maybe_unused]] const bool registered = [] {
  add_similarity();
  add_bigram();
  return true;
}();

}  // namespace
