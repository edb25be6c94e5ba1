// The mixer, in a snapshot.
#include "memory/mixer_state.hpp"
#include "snapshot/archive.hpp"

namespace mgt::memory {
namespace {

using namespace mixing;
using snapshot::kLogOdds;
using snapshot::kProbabilities;
using snapshot::kWeights;
using snapshot::Range;

constexpr Range<float> kNats{-128.0f, 128.0f};
constexpr Range<float> kSteps{0.0f, 16777216.0f};
constexpr Range<float> kShare{0.01f, 0.99f};

/// The weights of a table of weight sets, side by side.
template <std::size_t n>
std::span<float> weights(WeightSet (&sets)[n]) noexcept {
  return {sets[0].weight, n * kInputs};
}

void transfer(snapshot::Archive& archive, Learnt& l) noexcept {
  archive.numbers("mixer.by_match", weights(l.by_match), kWeights);
  archive.sparse("mixer.by_level", weights(l.by_level), kWeights);
  archive.sparse("mixer.by_record", weights(l.by_record), kWeights);
  archive.sparse("mixer.by_place", weights(l.by_place), kWeights);
  archive.sparse("mixer.by_symbol", weights(l.by_symbol), kWeights);
  archive.numbers("mixer.map", std::span<float>(l.map[0], kMapRows * kMapCells), kProbabilities);
  archive.numbers("mixer.model_share", l.model_share, kShare);
  archive.field("mixer.model_nats", l.model_nats, kNats);
  archive.field("mixer.memory_nats", l.memory_nats, kNats);
  archive.field("mixer.steps", l.steps, kSteps);
}

/// Returns whether the exit was mixed.
bool transfer(snapshot::Archive& archive, Pending& p) noexcept {
  const bool used = archive.steering("mixer.used", p.used != 0);
  if (archive.applies()) p.used = used ? 1 : 0;
  if (!used) return false;
  archive.numbers("mixer.model", p.model, kProbabilities);
  archive.field("mixer.level", p.level, {0, kLevels - 1});
  const auto n = archive.steering("mixer.n_decisions", p.n_decisions, {0, kDecisions});
  if (archive.applies()) p.n_decisions = n;
  for (std::uint32_t i = 0; i < n; ++i) {
    archive.field("mixer.symbol", p.symbol[i]);
    archive.numbers("mixer.input", p.input[i], kLogOdds);
    archive.field("mixer.mixed", p.mixed[i], kProbabilities);
    archive.field("mixer.match_set", p.match_set[i], {0, kByMatch - 1});
    archive.field("mixer.level_set", p.level_set[i], {0, kByLevel - 1});
    archive.field("mixer.record_set", p.record_set[i], {0, kByRecord - 1});
    archive.field("mixer.place_set", p.place_set[i], {0, kByPlace - 1});
    archive.field("mixer.symbol_set", p.symbol_set[i], {0, kBySymbol - 1});
    archive.field("mixer.map_row", p.map_row[i], {0, kMapRows - 1});
    archive.field("mixer.map_cell", p.map_cell[i], {0, kMapCells - 1});
  }
  return true;
}

}  // namespace

void Mixer::transfer(snapshot::Archive& archive) noexcept {
  State& state = *reinterpret_cast<State*>(storage_.data());
  std::uint32_t n_used = 0;
  for (std::uint32_t i = 0; i < options_.n_exits * kTrusts; ++i) mgt::memory::transfer(archive, state.learnt()[i]);
  for (std::uint32_t e = 0; e < options_.n_exits; ++e) {
    n_used += mgt::memory::transfer(archive, state.pending(options_.n_exits)[e]) ? 1 : 0;
  }
  if (n_used != 0) archive.numbers("mixer.memory", state.memory, kProbabilities);
  if (archive.applies()) state.n_used = n_used;
}

}  // namespace mgt::memory
