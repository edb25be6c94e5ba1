// What the stream leaves behind: per position its token, its states after the layers it reached, and K,V per layer.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "mgt/model.hpp"
#include "snapshot/fwd.hpp"

namespace mgt::cache {

using Position = std::uint64_t;  ///< index of a token in the stream's context

/// Where the K,V of a (position, layer) stand.
enum class KvState : std::uint8_t {
  pending,    ///< not computed: a debt until somebody reads it
  exact,      ///< computed from the position's exact input state
  projected,  ///< computed from the state of an earlier exit
  table,      ///< the row of the skip table that belongs to the position's byte
};

struct CacheShape {
  std::uint32_t n_layers = 0;
  std::uint32_t hidden = 0;
  std::uint32_t kv_dim = 0;
  std::uint32_t capacity = 0;  ///< positions kept
  /// Room for states that replay hands over, one per layer: K and V of the layers below may be asked for later.
  bool replays = false;

  std::uint32_t states_kept() const noexcept { return replays ? n_layers : 1; }
};

/// How far a position has come.
struct Progress {
  std::uint8_t depth = 0;     ///< layers whose result is known; 0: the state is the token's embedding and not stored
  std::uint8_t replayed = 0;  ///< how many of these, the lowest, were taken from the replay store instead of being run
  std::uint8_t wanted = 0;    ///< depth that a catch-up under way asks for; 0 outside of one
  bool answer_replayed = false;  ///< its answer was replayed; the layers below it may still be a debt
  bool ahead = false;            ///< computed before its token came: all of its states are kept, until confirm()
};

/// A ring of the last `capacity` positions. Rows of K and V lie side by side: [k | v], each kv_dim floats.
class LayerCache {
 public:
  static std::size_t plan_bytes(const CacheShape& shape) noexcept;

  LayerCache() = default;
  /// storage     plan_bytes(shape) zeros, 64-byte aligned, outliving the cache
  /// skip_table  [n_layers x 256 x 2 * kv_dim] rows by byte, or nullptr where no position will be of state `table`
  LayerCache(std::span<std::byte> storage, const CacheShape& shape, const float* skip_table) noexcept;

  const CacheShape& shape() const noexcept { return shape_; }

  /// First position of the context and one past its last.
  Position begin() const noexcept { return begin_; }
  Position end() const noexcept { return end_; }

  /// Empties the context; positions start at 0 again.
  void reset() noexcept;
  /// Cuts the context off before position end(): nothing older is attended to.
  void flush() noexcept { begin_ = end_; }

  /// Appends a position of depth 0 whose K,V are pending in every layer. Drops the oldest when full.
  Position append(std::uint8_t token) noexcept;
  /// Appends again the position that was taken back last, with all that was computed for it.
  Position readmit() noexcept { return end_++; }
  /// Takes the youngest position back.
  void retract() noexcept { --end_; }

  std::uint8_t token(Position p) const noexcept { return tokens_[slot(p)]; }
  Progress& progress(Position p) noexcept { return progress_[slot(p)]; }
  std::uint8_t depth(Position p) const noexcept { return progress_[slot(p)].depth; }
  /// The state after `layers` layers (at least 1): a replayed one, or the deepest. A layer that is run leaves its K and
  /// V, so nobody asks for the state before it again, and the next one takes its place.
  float* state(Position p, std::uint32_t layers) noexcept {
    const Progress& progress = progress_[slot(p)];
    const std::uint32_t last = progress.ahead ? shape_.states_kept() - 1 : progress.replayed;
    return state_row(p, std::min(layers - 1, last));
  }
  /// The token of a position that was computed ahead has come: of the states that it ran the deepest stays.
  void confirm(Position p) noexcept;

  KvState kv_state(std::uint32_t layer, Position p) const noexcept {
    return kv_states_[slot(p) * shape_.n_layers + layer];
  }
  void set_kv_state(std::uint32_t layer, Position p, KvState state) noexcept {
    kv_states_[slot(p) * shape_.n_layers + layer] = state;
  }
  /// The writable row [k | v].
  float* kv_row(std::uint32_t layer, Position p) noexcept {
    return kv_ + (std::size_t{layer} * shape_.capacity + slot(p)) * 2 * shape_.kv_dim;
  }
  /// The row to read: the ring's, or the skip table's.
  const float* readable_kv_row(std::uint32_t layer, Position p) const noexcept;

  std::size_t kv_row_bytes() const noexcept { return std::size_t{2} * shape_.kv_dim * sizeof(float); }

  /// The kept positions with their states and with the K,V that are in the ring; between two steps. Returns end() of
  /// the context that was written or read.
  Position transfer(snapshot::Archive& archive) noexcept;

 private:
  float* state_row(Position p, std::uint32_t row) noexcept {
    return states_ + (slot(p) * shape_.states_kept() + row) * shape_.hidden;
  }
  void transfer_position(snapshot::Archive& archive, std::size_t at) noexcept;

  /// p % capacity without a division: the kept positions lie in this lap of the ring or in the one before.
  std::size_t slot(Position p) const noexcept {
    return static_cast<std::size_t>(p >= lap_ ? p - lap_ : p + shape_.capacity - lap_);
  }

  CacheShape shape_;
  Position begin_ = 0;
  Position end_ = 0;
  Position lap_ = 0;  ///< the position in slot 0 that was appended last
  float* states_ = nullptr;
  float* kv_ = nullptr;
  const float* skip_table_ = nullptr;
  KvState* kv_states_ = nullptr;
  std::uint8_t* tokens_ = nullptr;
  Progress* progress_ = nullptr;
};

}  // namespace mgt::cache
