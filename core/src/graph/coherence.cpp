#include "graph/coherence.hpp"

#include <algorithm>

#include "storage.hpp"

namespace mgt::graph {
namespace {

constexpr std::uint16_t kHalfQ15 = 1u << 14;

SimilarityCutOptions similarity_options(const detail::ModelData& model) noexcept {
  SimilarityCutOptions options;
  options.bits = signature_bits(model.config.hidden);
  options.cut.statistics = model.similarity.value_or(default_similarity_statistics(options.bits));
  return options;
}

CutOptions bigram_options(const detail::ModelData& model) noexcept {
  CutOptions options;
  options.statistics = model.bigram.value_or(default_bigram_statistics());
  return options;
}

std::size_t similarity_bytes(const detail::ModelData& model) noexcept {
  return aligned_size(SimilarityCut::plan_bytes(similarity_options(model)));
}

}  // namespace

std::size_t Coherence::plan_bytes(const detail::ModelData& model) noexcept {
  return similarity_bytes(model) + aligned_size(BigramCut::plan_bytes(bigram_options(model)));
}

Coherence::Coherence(const detail::ModelData& model, std::span<std::byte> storage) noexcept
    : similarity_(storage.first(SimilarityCut::plan_bytes(similarity_options(model))), similarity_options(model)),
      bigram_(storage.subspan(similarity_bytes(model), BigramCut::plan_bytes(bigram_options(model))),
              bigram_options(model)) {}

void Coherence::reset() noexcept {
  similarity_.reset();
  bigram_.reset();
  similarity_lambda_ = kNeutralLambda;
  bigram_lambda_ = kNeutralLambda;
  packet_ = {};
}

void Coherence::push(std::uint8_t byte, const std::uint64_t* signature) noexcept {
  const CutReading& similarity = similarity_.push(signature);
  const CutReading& bigram = bigram_.push(byte);
  // Below half coverage the similarity cut compares too few states; bigrams need no network at all.
  const bool has_states = similarity.coverage_q15 >= kHalfQ15;
  const CutReading& reading = has_states ? similarity : bigram;
  packet_.lambda_prev = has_states ? similarity_lambda_ : bigram_lambda_;
  similarity_lambda_ = similarity.lambda;
  bigram_lambda_ = bigram.lambda;
  packet_.lambda = reading.lambda;
  packet_.boundary_edges = static_cast<std::uint16_t>(std::min<std::uint32_t>(reading.boundary_edges, 0xffff));
  packet_.boundary_concentration_q15 = reading.boundary_concentration_q15;
  packet_.partition_count = static_cast<std::uint16_t>(reading.partition_count + 1);
}

}  // namespace mgt::graph
