// What lambda remembers, in a snapshot.
#include "graph/coherence.hpp"
#include "snapshot/archive.hpp"

namespace mgt::graph {
namespace {

using snapshot::Range;

constexpr Range<std::uint32_t> kLambda{0, 65535};
constexpr std::uint64_t kHighAges = (std::uint64_t{1} << (kCutWindow - 64)) - 1;
constexpr Range<std::uint32_t> kBrought{0, 1 << 24};  // what 48 positions bring stays below 2^20
constexpr Range<std::int16_t> kLinks{0, 0x7fff};

}  // namespace

void SequenceCut::transfer(snapshot::Archive& archive) noexcept {
  if (archive.applies()) front_ = 0;
  archive.numbers("cut.crossing", std::span(crossing_ + front_, kRow));
  archive.numbers("cut.brought", std::span(brought_ + front_, kRow), kBrought);
  for (auto& row : heaviest_) archive.numbers("cut.heaviest", std::span(row + front_, kRow), kLinks);
  for (auto* ages : {linkable_, boundaries_}) {
    archive.field("cut.ages", ages[0]);
    archive.field("cut.ages", ages[1], {0, kHighAges});
  }
  archive.field("cut.level", level_q8_, {0, 65535u << 8});
  archive.field("cut.open", open_, {0, 1});
  archive.field("cut.known", known_, {0, 256});
}

void Coherence::transfer(snapshot::Archive& archive) noexcept {
  similarity_.transfer(archive);
  bigram_.transfer(archive);
  archive.field("similarity.lambda", similarity_lambda_, kLambda);
  archive.field("bigram.lambda", bigram_lambda_, kLambda);
  archive.field("packet.lambda", packet_.lambda, kLambda);
  archive.field("packet.lambda_prev", packet_.lambda_prev, kLambda);
  archive.field("packet.boundary_edges", packet_.boundary_edges);
  archive.field("packet.boundary_concentration", packet_.boundary_concentration_q15);
  archive.field("packet.partition_count", packet_.partition_count);
}

}  // namespace mgt::graph
