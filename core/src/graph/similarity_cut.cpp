#include "graph/similarity_cut.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <new>

#include "kernels/table.hpp"
#include "snapshot/archive.hpp"

namespace mgt::graph {
namespace {

constexpr std::uint32_t kRoom = 2 * kCutWindow;  // positions slide back to the front once per 112 steps

constexpr std::uint32_t whole_rows(std::uint32_t count) noexcept {
  return (count + kHammingRows - 1) / kHammingRows * kHammingRows;
}
// Rows rounded up end at the position that arrives.
static_assert(whole_rows(kCutWindow - kMinDistance) <= kCutWindow && whole_rows(kMaxYoung - 1) <= kMaxYoung);

/// The weights of links to the same number of positions, in their order: `slack` less the disagreements, where valid.
void weigh(const std::uint16_t* apart, const std::uint8_t* valid, std::uint32_t count, std::int16_t slack,
           std::int16_t* out) noexcept {
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::int16_t weight = static_cast<std::int16_t>(slack - apart[i]);
    out[i] = static_cast<std::int16_t>((weight > 0 ? weight : 0) & -valid[i]);
  }
}

/// Eight bytes of 0 or 1 as bits, the first one lowest: the product moves each of them to its place in the highest
/// byte.
std::uint64_t bits_of(const std::uint8_t* bytes) noexcept {
  static_assert(std::endian::native == std::endian::little);
  std::uint64_t eight;
  std::memcpy(&eight, bytes, sizeof eight);
  return eight * 0x0102040810204080u >> 56;
}

}  // namespace

struct SimilarityCut::State {
  SequenceCut cut;
  std::uint32_t end;  ///< one past the youngest position
  std::uint8_t valid[kRoom];
  alignas(64) std::uint64_t words[kMaxSignatureWords][kRoom];  ///< [word][position]
};

void make_signature(const float* state, const float* mean, std::uint32_t bits, std::uint64_t* out) noexcept {
  alignas(64) std::uint8_t above[kMaxSignatureBits];
  alignas(64) static constexpr float kZeros[kMaxSignatureBits] = {};
  const float* centre = mean != nullptr ? mean : kZeros;
  for (std::uint32_t i = 0; i < bits; ++i) above[i] = state[i] > centre[i];
  for (std::uint32_t i = bits; i % 64 != 0; ++i) above[i] = 0;
  for (std::uint32_t w = 0; w < (bits + 63) / 64; ++w) {
    std::uint64_t word = 0;
    for (std::uint32_t b = 0; b < 64; b += 8) word |= bits_of(above + 64 * w + b) << b;
    out[w] = word;
  }
}

std::size_t SimilarityCut::plan_bytes(const SimilarityCutOptions&) noexcept {
  return sizeof(State);
}

SimilarityCut::SimilarityCut(std::span<std::byte> storage, const SimilarityCutOptions& options) noexcept
    : state_(new(storage.data()) State), options_(options) {
  assert(storage.size() >= sizeof(State) && options.bits <= kMaxSignatureBits);
  reset();
}

void SimilarityCut::reset() noexcept {
  std::memset(static_cast<void*>(state_), 0, sizeof *state_);
  state_->cut.reset(options_.cut);
  state_->end = kCutWindow;
}

const CutReading& SimilarityCut::push(const std::uint64_t* signature) noexcept {
  State& s = *state_;
  const std::uint32_t n_words = (options_.bits + 63) / 64;
  if (s.end == kRoom) {
    for (std::uint32_t w = 0; w < n_words; ++w) {
      std::memcpy(s.words[w], s.words[w] + kCutWindow, kCutWindow * sizeof s.words[0][0]);
    }
    std::memcpy(s.valid, s.valid + kCutWindow, kCutWindow);
    s.end = kCutWindow;
  }
  const std::uint32_t now = s.end++;
  const std::uint32_t oldest = now - kCutWindow;  // leaves; age a is oldest + 112 - a
  s.valid[now] = signature != nullptr;
  for (std::uint32_t w = 0; w < n_words; ++w) s.words[w][now] = signature != nullptr ? signature[w] : 0;

  if (signature == nullptr && !s.valid[oldest]) return s.cut.push_unlinked();

  StepLinks links;  // every weight is written below
  const std::int16_t slack = static_cast<std::int16_t>(options_.bits - options_.bits * 65 / 100);
  std::uint16_t apart[whole_rows(kCutWindow)];
  std::int16_t weights[kCutWindow];  // by position; links are by age
  const auto count_apart = [&](std::uint32_t from, std::uint32_t count, const std::uint64_t* own) {
    kernels().hamming(&s.words[0][from], kRoom, own, n_words, whole_rows(count), apart);
  };
  if (signature != nullptr) {
    count_apart(oldest + 1, kCutWindow - kMinDistance, signature);
    weigh(apart, s.valid + oldest + 1, kCutWindow - kMinDistance, slack, weights);
    std::fill_n(links.arriving, kMinDistance, std::int16_t{0});
    for (std::uint32_t a = kMinDistance; a < kCutWindow; ++a) links.arriving[a] = weights[kCutWindow - 1 - a];
  } else {
    std::ranges::fill(links.arriving, std::int16_t{0});
  }
  if (s.valid[oldest]) {
    std::uint64_t leaving[kMaxSignatureWords];
    for (std::uint32_t w = 0; w < n_words; ++w) leaving[w] = s.words[w][oldest];
    const std::uint32_t first = now - kMaxYoung + 1;  // ages 47..1; the arriving one never was linked to it
    count_apart(first, kMaxYoung - 1, leaving);
    weigh(apart, s.valid + first, kMaxYoung - 1, slack, weights);
    links.leaving[0] = 0;
    for (std::uint32_t a = 1; a < kMaxYoung; ++a) links.leaving[a] = weights[kMaxYoung - 1 - a];
  } else {
    std::ranges::fill(links.leaving, std::int16_t{0});
  }
  return s.cut.push(links, signature != nullptr);
}

const CutReading& SimilarityCut::reading() const noexcept {
  return state_->cut.reading();
}
const SequenceCut& SimilarityCut::cut() const noexcept {
  return state_->cut;
}

// The 112 youngest positions, wherever in their room they stand; the others have no effect any more.
void SimilarityCut::transfer(snapshot::Archive& archive) noexcept {
  State& s = *state_;
  s.cut.transfer(archive);
  if (archive.applies()) s.end = kCutWindow;
  const std::uint32_t oldest = s.end - kCutWindow;
  for (std::uint32_t w = 0; w < (options_.bits + 63) / 64; ++w) {
    archive.sparse("similarity.signature", std::span<std::uint64_t>(s.words[w] + oldest, kCutWindow));
  }
  archive.sparse("similarity.valid", std::span<std::uint8_t>(s.valid + oldest, kCutWindow), {0, 1});
}

}  // namespace mgt::graph
