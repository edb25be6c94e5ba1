// The gate packet of a stream: lambda and boundary facts from the similarity graph, or from bigrams where the
// transformer did not run often enough to see states.
#pragma once

#include <cstdint>
#include <span>

#include "graph/bigram_cut.hpp"
#include "graph/similarity_cut.hpp"
#include "mgt/gate.hpp"

namespace mgt::graph {

class Coherence {
 public:
  static std::size_t plan_bytes(const detail::ModelData& model) noexcept;

  /// storage  plan_bytes(model) bytes, 64-byte aligned, outliving the object; initialised here
  Coherence(const detail::ModelData& model, std::span<std::byte> storage) noexcept;
  void reset() noexcept;

  /// One position. signature: of its layer-1 state, or nullptr where no layer ran.
  void push(std::uint8_t byte, const std::uint64_t* signature) noexcept;

  /// The facts after the last push: neutral before the first.
  const GatePacket& packet() const noexcept { return packet_; }

  void transfer(snapshot::Archive& archive) noexcept;

 private:
  SimilarityCut similarity_;
  BigramCut bigram_;
  std::uint32_t similarity_lambda_ = kNeutralLambda;  // of the previous step: a drop is one within a source
  std::uint32_t bigram_lambda_ = kNeutralLambda;
  GatePacket packet_;
};

}  // namespace mgt::graph
