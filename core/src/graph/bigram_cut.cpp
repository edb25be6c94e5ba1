#include "graph/bigram_cut.hpp"

#include <cassert>
#include <cstring>
#include <new>

#include "multiversion.hpp"
#include "snapshot/archive.hpp"

namespace mgt::graph {
namespace {

constexpr std::uint32_t kRoom = 4 * kCutWindow;  // bigrams slide back to the front once per kRoom - 112 steps

}  // namespace

struct BigramCut::State {
  SequenceCut cut;
  std::uint32_t end;    ///< one past the youngest bigram
  std::uint32_t known;  ///< bytes seen so far, at most 2
  std::uint8_t last;
  std::uint16_t bigram[kRoom];
  std::uint8_t valid[kRoom];
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
  state_->end = kCutWindow;  // an empty past: invalid bigrams
}

MGT_MULTIVERSION const CutReading& BigramCut::push(std::uint8_t byte) noexcept {
  State& s = *state_;
  if (s.end == kRoom) {
    std::memcpy(s.bigram, s.bigram + kRoom - kCutWindow, kCutWindow * sizeof s.bigram[0]);
    std::memcpy(s.valid, s.valid + kRoom - kCutWindow, kCutWindow);
    s.end = kCutWindow;
  }
  const std::uint32_t now = s.end++;
  s.bigram[now] = static_cast<std::uint16_t>(s.last << 8 | byte);
  s.valid[now] = s.known != 0;
  s.last = byte;
  s.known = 1;

  const std::uint16_t* old = s.bigram + now - kCutWindow;  // old[0] leaves; age a is old[112 - a]
  const std::uint8_t* old_valid = s.valid + now - kCutWindow;
  StepLinks links;
  const std::uint16_t arriving = s.bigram[now], leaving = old[0];
  const std::uint16_t arrives = s.valid[now], leaves = old_valid[0];
  std::int16_t equal[kCutWindow];  // by position, of ages 111..0; links are by age
  for (std::uint32_t i = 0; i < kCutWindow; ++i) {
    equal[i] = static_cast<std::int16_t>((old[i + 1] == arriving) & old_valid[i + 1] & arrives);
  }
  for (std::uint32_t a = 0; a < kMinDistance; ++a) links.arriving[a] = 0;
  for (std::uint32_t a = kMinDistance; a < kCutWindow; ++a) links.arriving[a] = equal[kCutWindow - 1 - a];
  for (std::uint32_t i = kCutWindow - kMaxYoung; i < kCutWindow; ++i) {
    equal[i] = static_cast<std::int16_t>((old[i + 1] == leaving) & leaves);
  }
  for (std::uint32_t a = 0; a < kMaxYoung; ++a) links.leaving[a] = equal[kCutWindow - 1 - a];
  links.leaving[0] = 0;  // the arriving position never was linked to the one that leaves
  return s.cut.push(links, s.valid[now] != 0);
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
  if (archive.applies()) s.end = kCutWindow;
  const std::uint32_t oldest = s.end - kCutWindow;
  archive.field("bigram.last", s.last);
  archive.field("bigram.known", s.known, {0, 1});
  archive.sparse("bigram.bigram", std::span<std::uint16_t>(s.bigram + oldest, kCutWindow));
  archive.sparse("bigram.valid", std::span<std::uint8_t>(s.valid + oldest, kCutWindow), {0, 1});
}

}  // namespace mgt::graph
