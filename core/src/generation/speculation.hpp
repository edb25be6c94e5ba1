// Drafts from the stream memory: what it expects byte after byte, drawn as the answers will be drawn.
#pragma once

#include "generation/pace.hpp"
#include "memory/preview.hpp"
#include "session/ahead.hpp"

namespace mgt::generation {

/// Drafts with the very random numbers that the draws from the answers will use: where memory and answer agree in
/// distribution they draw the same token, not only where one token is certain.
/// Method: prompt lookup (Saxena, 2023) with a context-mixing model in place of n-grams; common random numbers.
class MemoryDrafter final : public Drafter {
 public:
  /// memory, prediction  of the session; the prediction follows the token that has just arrived
  /// rng                 the state that the next draw starts from
  MemoryDrafter(const memory::StreamMemory& memory, const memory::MemoryPrediction& prediction,
                const GenerateOptions& options, std::uint64_t rng, Pace& pace) noexcept
      : memory_(memory), prediction_(prediction), options_(options), rng_(rng), pace_(pace) {}

  std::uint32_t draft(std::uint8_t* tokens) noexcept override;

 private:
  bool draft_one(const memory::MemoryPrediction& prediction, std::uint8_t& token) noexcept;

  const memory::StreamMemory& memory_;
  const memory::MemoryPrediction& prediction_;
  const GenerateOptions& options_;
  std::uint64_t rng_;
  Pace& pace_;
};

}  // namespace mgt::generation
