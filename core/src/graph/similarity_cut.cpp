#include "graph/similarity_cut.hpp"

#include <cassert>
#include <cstring>
#include <new>

#include "snapshot/archive.hpp"

namespace mgt::graph {
namespace {

constexpr std::uint32_t kRoom = 2 * kCutWindow;  // positions slide back to the front once per 112 steps

// Agreeing bits between one signature and positions [first, first + count), word by word so that the loop over
// positions vectorises; bit tricks, because the baseline instruction sets have no popcount.
void disagreements(const std::uint64_t (*words)[kRoom], const std::uint64_t* signature, std::uint32_t n_words,
                   std::uint32_t first, std::uint32_t count, std::uint16_t* out) noexcept {
  alignas(64) std::uint64_t sums[kCutWindow];
  std::memset(sums, 0, count * sizeof sums[0]);
  for (std::uint32_t w = 0; w < n_words; ++w) {
    const std::uint64_t* row = words[w] + first;
    const std::uint64_t own = signature[w];
    for (std::uint32_t i = 0; i < count; ++i) {
      std::uint64_t v = row[i] ^ own;
      v = v - ((v >> 1) & 0x5555555555555555u);
      v = (v & 0x3333333333333333u) + ((v >> 2) & 0x3333333333333333u);
      sums[i] += (v + (v >> 4)) & 0x0F0F0F0F0F0F0F0Fu;  // bytes hold at most 8 per word: 8 words fit
    }
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    std::uint64_t v = (sums[i] & 0x00FF00FF00FF00FFu) + ((sums[i] >> 8) & 0x00FF00FF00FF00FFu);
    v += v >> 32;
    v += v >> 16;
    out[i] = static_cast<std::uint16_t>(v & 0xFFFF);
  }
}

}  // namespace

struct SimilarityCut::State {
  SequenceCut cut;
  std::uint32_t end;  ///< one past the youngest position
  std::uint8_t valid[kRoom];
  alignas(64) std::uint64_t words[kMaxSignatureWords][kRoom];  ///< [word][position]
};

void make_signature(const float* state, const float* mean, std::uint32_t bits, std::uint64_t* out) noexcept {
  for (std::uint32_t w = 0; w < (bits + 63) / 64; ++w) {
    const std::uint32_t first = 64 * w, n = bits - first < 64 ? bits - first : 64;
    std::uint64_t word = 0;
    for (std::uint32_t i = 0; i < n; ++i) {
      const float centre = mean != nullptr ? mean[first + i] : 0.0f;
      word |= static_cast<std::uint64_t>(state[first + i] > centre) << i;
    }
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

  StepLinks links;
  std::memset(&links, 0, sizeof links);
  const std::int32_t slack = static_cast<std::int32_t>(options_.bits - options_.bits * 65 / 100);
  std::uint16_t apart[kCutWindow];
  if (signature != nullptr) {
    disagreements(s.words, signature, n_words, oldest + 1, kCutWindow - kMinDistance, apart);
    for (std::uint32_t a = kMinDistance; a < kCutWindow; ++a) {
      const std::int32_t weight = slack - apart[kCutWindow - 1 - a];
      links.arriving[a] = static_cast<std::int16_t>(weight > 0 && s.valid[oldest + kCutWindow - a] ? weight : 0);
    }
  }
  if (s.valid[oldest]) {
    std::uint64_t leaving[kMaxSignatureWords];
    for (std::uint32_t w = 0; w < n_words; ++w) leaving[w] = s.words[w][oldest];
    const std::uint32_t first = now - kMaxYoung + 1;  // ages 47..1; the arriving one never was linked to it
    disagreements(s.words, leaving, n_words, first, kMaxYoung - 1, apart);
    for (std::uint32_t a = 1; a < kMaxYoung; ++a) {
      const std::int32_t weight = slack - apart[kMaxYoung - 1 - a];
      links.leaving[a] = static_cast<std::int16_t>(weight > 0 && s.valid[now - a] ? weight : 0);
    }
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
