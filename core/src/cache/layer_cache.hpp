// What the stream leaves behind: per position its token, its state at the last layer it reached, and K,V per layer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "mgt/model.hpp"

namespace mgt::cache {

using Position = std::uint64_t;  ///< index of a token in the stream's context

/// Where the K,V of a (position, layer) stand.
enum class KvState : std::uint8_t {
  pending,    ///< not computed; in exact mode a debt
  exact,      ///< computed from the position's exact input state
  projected,  ///< computed from the state of an earlier exit
  table,      ///< the row of the skip table that belongs to the position's byte
};

struct CacheShape {
  std::uint32_t n_layers = 0;
  std::uint32_t hidden = 0;
  std::uint32_t kv_dim = 0;
  std::uint32_t capacity = 0;  ///< positions kept
};

/// A ring of the last `capacity` positions. Rows of K and V lie side by side: [k | v], each kv_dim floats.
class LayerCache {
 public:
  static std::size_t plan_bytes(const CacheShape& shape) noexcept;

  LayerCache() = default;
  /// storage     plan_bytes(shape) bytes, 64-byte aligned, outliving the cache
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
  /// Takes the youngest position back.
  void retract() noexcept { --end_; }

  std::uint8_t token(Position p) const noexcept { return tokens_[slot(p)]; }
  /// Layers whose result the hidden row holds; 0: the row is the token's embedding and not stored.
  std::uint8_t& depth(Position p) noexcept { return depths_[slot(p)]; }
  float* hidden(Position p) noexcept { return hidden_ + slot(p) * shape_.hidden; }

  KvState kv_state(std::uint32_t layer, Position p) const noexcept {
    return states_[slot(p) * shape_.n_layers + layer];
  }
  void set_kv_state(std::uint32_t layer, Position p, KvState state) noexcept {
    states_[slot(p) * shape_.n_layers + layer] = state;
  }
  /// The writable row [k | v].
  float* kv_row(std::uint32_t layer, Position p) noexcept {
    return kv_ + (std::size_t{layer} * shape_.capacity + slot(p)) * 2 * shape_.kv_dim;
  }
  /// The row to read: the ring's, or the skip table's.
  const float* readable_kv_row(std::uint32_t layer, Position p) const noexcept;

  std::size_t kv_row_bytes() const noexcept { return std::size_t{2} * shape_.kv_dim * sizeof(float); }

 private:
  std::size_t slot(Position p) const noexcept { return static_cast<std::size_t>(p % shape_.capacity); }

  CacheShape shape_;
  Position begin_ = 0;
  Position end_ = 0;
  float* hidden_ = nullptr;
  float* kv_ = nullptr;
  const float* skip_table_ = nullptr;
  KvState* states_ = nullptr;
  std::uint8_t* tokens_ = nullptr;
  std::uint8_t* depths_ = nullptr;
};

}  // namespace mgt::cache
