#include "generation/pace.hpp"

#include <algorithm>
#include <iterator>

namespace mgt::generation {
namespace {

constexpr float kClassEnds[DraftRecord::kClasses - 1] = {0.3f, 0.5f, 0.7f, 0.85f, 0.95f, 0.99f, 0.998f};
/// Before anything was counted a class is taken as kPrior says, as if seen this often.
constexpr float kPriorWeight = 4;
constexpr float kPrior[DraftRecord::kClasses] = {0.2f, 0.4f, 0.6f, 0.78f, 0.9f, 0.97f, 0.99f, 0.998f};
constexpr std::uint16_t kMostTried = 128;   ///< then both counts are halved
constexpr std::uint32_t kFadeTokens = 256;  ///< all counts are halved after this many tokens

// Measured on the shipped models: 0.4 to 0.7 of a step goes into reading weights natively and 0.2 to 0.4 in
// WebAssembly, and asking the memory for one more draft takes as long as 40,000 and 120,000 multiply-adds.
constexpr float kReadingShare = 0.3f;
constexpr float kPreviewMacs = 60'000;

std::uint8_t class_of(float confidence) noexcept {
  return static_cast<std::uint8_t>(std::upper_bound(std::begin(kClassEnds), std::end(kClassEnds), confidence) -
                                   std::begin(kClassEnds));
}

float chance(const DraftRecord& record, std::uint8_t draft_class) noexcept {
  return (static_cast<float>(record.came_true[draft_class]) + kPriorWeight * kPrior[draft_class]) /
         (static_cast<float>(record.tried[draft_class]) + kPriorWeight);
}

void halve(DraftRecord& record, std::size_t draft_class) noexcept {
  record.tried[draft_class] /= 2;
  record.came_true[draft_class] /= 2;
}

}  // namespace

Prices::Prices(const ModelConfig& config) noexcept {
  const auto step =
      static_cast<float>(config.n_layers * config.layer_macs() + std::uint64_t{config.hidden} * kVocabSize);
  fixed = kReadingShare * step;
  row = (1 - kReadingShare) * step;
  preview = kPreviewMacs;
}

void Pace::begin() noexcept {
  certainty_ = 1;
  expected_ = 1;
  cost_ = prices_.fixed + prices_.row;
  record_.rows = 1;
}

bool Pace::is_worth(float confidence) const noexcept {
  const float certainty = certainty_ * chance(record_, class_of(confidence));
  return certainty * cost_ > expected_ * (prices_.row + prices_.preview);
}

bool Pace::accepts(float confidence) noexcept {
  if (!is_worth(confidence)) return false;
  const std::uint8_t draft_class = class_of(confidence);
  certainty_ *= chance(record_, draft_class);
  expected_ += certainty_;
  cost_ += prices_.row + prices_.preview;
  record_.classes[record_.rows++] = draft_class;
  return true;
}

void Pace::learn(DraftRecord& record, std::uint32_t row, bool came_true) noexcept {
  const std::uint8_t draft_class = record.classes[row];
  record.came_true[draft_class] = static_cast<std::uint16_t>(record.came_true[draft_class] + came_true);
  if (++record.tried[draft_class] >= kMostTried) halve(record, draft_class);
}

void Pace::fade(DraftRecord& record) noexcept {
  if (++record.tokens % kFadeTokens != 0) return;
  for (std::size_t c = 0; c < DraftRecord::kClasses; ++c) halve(record, c);
}

}  // namespace mgt::generation
