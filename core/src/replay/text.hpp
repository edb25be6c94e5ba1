// The tokens of the recent past: in O(1) a hash of any suffix of the present, and whether two suffixes are equal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "cache/layer_cache.hpp"

namespace mgt::replay {

using cache::Position;

/// A length of suffix, with what it takes to hash one.
struct Suffix {
  std::uint32_t length = 0;
  std::uint64_t power = 1;  ///< kBase to the length
};
Suffix make_suffix(std::uint32_t length) noexcept;

struct TextShape {
  std::uint32_t kept = 0;    ///< tokens in the ring; a power of two
  std::uint32_t ahead = 0;   ///< of these, positions that may be appended and taken back: the others can be compared
  std::uint32_t recent = 0;  ///< suffixes that end at one of the last `recent` positions can be hashed
  std::uint32_t longest = 0;
};

/// A ring of tokens and one of prefix hashes. All state is plain bytes in the storage handed in.
///
/// A position that is appended again replaces its earlier token: taking a position back costs nothing.
/// Method: polynomial hashing (Karp and Rabin, 1987), modulo 2^64; a hash only nominates, same() decides.
class Text {
 public:
  static std::size_t plan_bytes(const TextShape& shape) noexcept;

  Text() = default;
  /// storage  plan_bytes(shape) bytes, 64-byte aligned, outliving the object; initialised by reset()
  Text(std::span<std::byte> storage, const TextShape& shape) noexcept;

  void reset() noexcept;

  /// Positions are consecutive; position 0 starts a text.
  void append(Position p, std::uint8_t token) noexcept;

  /// Hash of the suffix that ends at `last`.
  std::uint64_t hash(Position last, const Suffix& suffix) const noexcept {
    const std::uint64_t before = hashes_[(last + 1 - suffix.length) & hash_mask_];
    return hashes_[(last + 1) & hash_mask_] - before * suffix.power;
  }

  /// Whether the `length` tokens that end at `a` are those that end at `b`; false where they are no longer kept.
  bool same(Position a, Position b, std::uint32_t length) const noexcept;

  /// The tokens before `end`, the next position; hashes follow from them. One less than can be compared: the next
  /// append takes the place of the oldest.
  void transfer(snapshot::Archive& archive, Position end) noexcept;

 private:
  bool keeps(Position last, std::uint32_t length) const noexcept {
    return last + 1 >= length && last + 1 - length + shape_.kept >= *end_ + shape_.ahead;
  }

  TextShape shape_;
  std::uint64_t hash_mask_ = 0;
  Position* end_ = nullptr;          // one past the youngest position
  std::uint8_t* tokens_ = nullptr;   // [kept + longest]: the first `longest` stand twice, so that spans are contiguous
  std::uint64_t* hashes_ = nullptr;  // of all tokens before a position
};

}  // namespace mgt::replay
