#include "generation/speculation.hpp"

namespace mgt::generation {
namespace {

/// A draft and the certain token before it fill a batch.
constexpr std::uint32_t kMaxDrafts = decode::kMaxBatch - 1;
static_assert(kMaxDrafts <= memory::Preview::kMaxBytes);
static_assert(kMaxDrafts <= DraftRecord::kMaxRows);

}  // namespace

std::uint32_t MemoryDrafter::draft(std::uint8_t* tokens) noexcept {
  pace_.begin();
  if (!draft_one(prediction_, tokens[0])) return 0;
  memory::Preview preview(memory_);
  memory::MemoryPrediction next;
  std::uint32_t n = 1;
  for (; n < kMaxDrafts; ++n) {
    preview.advance(tokens[n - 1], next);
    if (!draft_one(next, tokens[n])) break;
  }
  return n;
}

bool MemoryDrafter::draft_one(const memory::MemoryPrediction& prediction, std::uint8_t& token) noexcept {
  if (!pace_.is_worth(prediction.confidence)) return false;  // then no other token is; drawing one is not free
  token = static_cast<std::uint8_t>(sample(prediction.probabilities, options_, rng_));
  return pace_.accepts(prediction.probabilities[token]);
}

}  // namespace mgt::generation
