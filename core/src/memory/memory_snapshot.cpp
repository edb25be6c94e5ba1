// The stream memory, in a snapshot: its tables as runs, since a short stream leaves most of them zero.
#include <algorithm>

#include "memory/memory_state.hpp"
#include "snapshot/archive.hpp"

namespace mgt::memory {
namespace {

using snapshot::kProbabilities;
using snapshot::kWeights;
using snapshot::Range;

/// Inside of it a probability has finite log-odds.
constexpr Range<float> kUncertain{0.0001f, 0.9999f};

/// All of a table of rows, one after another.
template <class T, std::size_t rows, std::size_t columns>
std::span<T> flat(T (&table)[rows][columns]) noexcept {
  return {table[0], rows * columns};
}

void transfer(snapshot::Archive& archive, std::span<AdaptiveBit> bits) noexcept {
  for (AdaptiveBit& bit : bits) {
    archive.field("memory.probability", bit.probability, kUncertain);
    archive.field("memory.rate", bit.rate, kProbabilities);
    if (archive.applies()) bit.logit = stretch(bit.probability);
  }
}

/// Shares of the whole, whatever an adversary wrote: what is divided by them has to stay a probability.
void settle_shares(float (&share)[256]) noexcept {
  float sum = 0;
  for (const float x : share) sum += x;
  if (!(sum > 0.99f && sum < 1.01f)) std::fill_n(share, 256, 1.0f / 256);
}

}  // namespace

void StreamMemory::transfer(snapshot::Archive& archive) noexcept {
  const std::uint64_t position = transfer_place(archive);
  const bool waits = archive.steering("memory.pending", state().pending);
  transfer_learnt(archive);
  transfer_tables(archive, position);
  if (!archive.applies() || !waits) return;
  MemoryPrediction again;  // it follows from the rest, as does what it leaves for the next update
  predict(again);
}

std::uint64_t StreamMemory::transfer_place(snapshot::Archive& archive) noexcept {
  State& s = state();
  const auto position = archive.steering("memory.position", s.at.position, snapshot::kPositions);
  if (archive.applies()) s.at.position = position;
  archive.field("memory.recent", s.at.recent);
  archive.numbers("memory.slot", s.slot, {0, (1u << layout_.log2_slots) - 1});
  for (MatchModel& match : s.at.match) {
    archive.field("memory.match.pointer", match.pointer);
    archive.field("memory.match.length", match.length, {0, kMaxMatch});
    archive.field("memory.match.misses", match.misses);
  }
  archive.field("memory.rolling_hash", s.at.rolling_hash);
  archive.field("memory.word", s.at.word);
  archive.field("memory.field", s.at.field);
  archive.field("memory.n_fields", s.at.n_fields, {0, kMaxFields});
  archive.field("memory.n_above", s.at.n_above, {0, kMaxFields});
  archive.numbers("memory.field_start", s.at.field_start);
  archive.numbers("memory.above_start", s.at.above_start);
  archive.numbers("memory.field_hash", s.at.field_hash);
  archive.numbers("memory.above_hash", s.at.above_hash);
  return position;
}

void StreamMemory::transfer_learnt(snapshot::Archive& archive) noexcept {
  State& s = state();
  archive.numbers("memory.match_weight", flat(s.match_weight), kWeights);
  archive.numbers("memory.known_weight", flat(s.known_weight), kWeights);
  archive.sparse("memory.byte_weight", flat(s.byte_weight), kWeights);
  archive.sparse("memory.place_weight", flat(s.place_weight), kWeights);
  archive.sparse("memory.symbol_weight", flat(s.symbol_weight), kWeights);
  mgt::memory::transfer(archive, flat(s.seen));
  mgt::memory::transfer(archive, flat(s.matched));
  mgt::memory::transfer(archive, s.order1_share);
  archive.numbers("memory.refine_byte", flat(s.refine_byte));
  archive.numbers("memory.refine_pair", flat(s.refine_pair));
  archive.numbers("memory.order0_share", s.order0_share, kProbabilities);
  if (archive.applies()) settle_shares(s.order0_share);
  archive.numbers("memory.order0", s.order0);
  archive.sparse("memory.order1", flat(s.order1));
}

// The history is a ring: what was not written yet is zero. Match tables and slots take any bits.
void StreamMemory::transfer_tables(snapshot::Archive& archive, std::uint64_t position) noexcept {
  auto* bytes = reinterpret_cast<std::uint8_t*>(storage_.data());
  const auto written = static_cast<std::size_t>(std::min<std::uint64_t>(position, options_.history_bytes));
  archive.numbers("memory.history", std::span(bytes + layout_.history, written));
  if (archive.applies())
    std::copy_n(bytes + layout_.history, History::kMirror, bytes + layout_.history + options_.history_bytes);
  archive.sparse("memory.tables", std::span(bytes + layout_.match_tables, layout_.total - layout_.match_tables));
}

}  // namespace mgt::memory
