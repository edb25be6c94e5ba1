// What the stream left behind, in a snapshot.

#include "cache/layer_cache.hpp"
#include "snapshot/archive.hpp"

namespace mgt::cache {
namespace {

/// Whether the K,V of this state stand in the ring.
bool in_ring(KvState state) noexcept {
  return state == KvState::exact || state == KvState::projected;
}

/// How many of a position's state rows hold something: those replayed, and the deepest that was run.
std::size_t state_rows(const Progress& progress) noexcept {
  return progress.depth == 0 ? 0 : std::min<std::size_t>(progress.depth - 1u, progress.replayed) + 1;
}

}  // namespace

Position LayerCache::transfer(snapshot::Archive& archive) noexcept {
  const auto end = archive.steering<Position>("cache.end", end_, snapshot::kPositions);
  const auto most = static_cast<std::uint32_t>(std::min<Position>(end, shape_.capacity));
  const auto kept = archive.steering<std::uint32_t>("cache.kept", static_cast<std::uint32_t>(end_ - begin_), {0, most});
  if (archive.applies()) {
    end_ = end;
    begin_ = end - kept;
    lap_ = end / shape_.capacity * shape_.capacity;
  }
  for (Position p = end - kept; p < end; ++p) {
    transfer_position(archive, static_cast<std::size_t>(p % shape_.capacity));
  }
  return end;
}

void LayerCache::transfer_position(snapshot::Archive& archive, std::size_t at) noexcept {
  Progress& target = progress_[at];
  Progress progress;
  archive.field("cache.token", tokens_[at]);
  progress.depth = archive.steering("cache.depth", target.depth, {0, static_cast<std::uint8_t>(shape_.n_layers)});
  const auto most_replayed = std::min<std::uint32_t>(progress.depth, shape_.states_kept() - 1);
  progress.replayed =
      archive.steering("cache.replayed", target.replayed, {0, static_cast<std::uint8_t>(most_replayed)});
  progress.answer_replayed = archive.steering("cache.answer_replayed", target.answer_replayed);
  if (archive.applies()) target = progress;
  float* states = states_ + at * shape_.states_kept() * shape_.hidden;
  archive.numbers("cache.hidden", std::span<float>(states, state_rows(progress) * shape_.hidden), snapshot::kStates);

  // Approximations are left in propagate mode only, where there is a table of rows by byte.
  const auto least = static_cast<std::uint8_t>(KvState::pending);
  const auto most = static_cast<std::uint8_t>(skip_table_ == nullptr ? KvState::exact : KvState::table);
  for (std::uint32_t layer = 0; layer < shape_.n_layers; ++layer) {
    KvState& kv_state = kv_states_[at * shape_.n_layers + layer];
    const auto state =
        static_cast<KvState>(archive.steering("cache.kv_state", static_cast<std::uint8_t>(kv_state), {least, most}));
    if (archive.applies()) kv_state = state;
    if (!in_ring(state)) continue;
    const std::size_t width = std::size_t{2} * shape_.kv_dim;
    float* row = kv_ + (std::size_t{layer} * shape_.capacity + at) * width;
    archive.numbers("cache.kv", std::span<float>(row, width), snapshot::kStates);
  }
}

}  // namespace mgt::cache
