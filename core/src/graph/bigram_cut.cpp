#include "graph/bigram_cut.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <new>

#include "multiversion.hpp"
#include "snapshot/archive.hpp"

namespace mgt::graph {
namespace {

constexpr std::uint32_t kRoom = 4 * kCutWindow;  // the youngest goes back to the end once per kRoom - 112 steps

}  // namespace

struct BigramCut::State {
  SequenceCut cut;
  std::uint32_t youngest;  ///< where it stands in `bigram`; the others follow by their age
  std::uint32_t n_bytes;   ///< seen so far, at most 114: the first one had no byte before it
  std::uint8_t last;
  std::uint16_t bigram[kRoom];
};

std::size_t BigramCut::plan_bytes(const CutOptions&) noexcept {
  return sizeof(State);
}

BigramCut::BigramCut(std::span<std::byte> storage, const CutOptions& options) noexcept
    : state_(new(storage.data()) State), options_(options) {
  assert(storage.size() >= sizeof(State));
  reset();
}

void BigramCut::reset() noexcept {
  std::memset(static_cast<void*>(state_), 0, sizeof *state_);
  state_->cut.reset(options_);
  state_->youngest = kRoom - kCutWindow;
}

MGT_MULTIVERSION const CutReading& BigramCut::push(std::uint8_t byte) noexcept {
  State& s = *state_;
  if (s.youngest == 0) {
    s.youngest = kRoom - kCutWindow;
    std::memcpy(s.bigram + s.youngest, s.bigram, kCutWindow * sizeof s.bigram[0]);
  }
  std::uint16_t* of_age = s.bigram + --s.youngest;
  of_age[0] = static_cast<std::uint16_t>(s.last << 8 | byte);
  s.last = byte;
  s.n_bytes = std::min(s.n_bytes + 1, kCutWindow + 2);
  const std::uint32_t n_bigrams = s.n_bytes - 1;

  StepLinks links;
  const std::uint16_t arriving = of_age[0], leaving = of_age[kCutWindow];
  for (std::uint32_t a = 0; a < kCutWindow; ++a) links.arriving[a] = of_age[a] == arriving;
  for (std::uint32_t a = 0; a < kMinDistance; ++a) links.arriving[a] = 0;
  for (std::uint32_t a = n_bigrams; a < kCutWindow; ++a) links.arriving[a] = 0;  // before the stream began
  const bool leaves = n_bigrams > kCutWindow;
  for (std::uint32_t a = 0; a < kMaxYoung; ++a) links.leaving[a] = (of_age[a] == leaving) & leaves;
  links.leaving[0] = 0;  // the arriving position never was linked to the one that leaves
  return s.cut.push(links, n_bigrams != 0);
}

const CutReading& BigramCut::reading() const noexcept {
  return state_->cut.reading();
}
const SequenceCut& BigramCut::cut() const noexcept {
  return state_->cut;
}

// The 112 youngest bigrams, wherever in their room they stand; the others have no effect any more.
void BigramCut::transfer(snapshot::Archive& archive) noexcept {
  State& s = *state_;
  s.cut.transfer(archive);
  if (archive.applies()) s.youngest = 0;
  archive.field("bigram.last", s.last);
  archive.field("bigram.n_bytes", s.n_bytes, {0, kCutWindow + 2});
  archive.sparse("bigram.bigram", std::span<std::uint16_t>(s.bigram + s.youngest, kCutWindow));
}

}  // namespace mgt::graph
