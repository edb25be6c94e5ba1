// What the stream computed before: states and answers, found again by the text they depend on and by nothing else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "kernels/table.hpp"
#include "replay/row_table.hpp"
#include "replay/text.hpp"

namespace mgt::replay {

inline constexpr std::uint32_t kLeastPositions = 16;
inline constexpr std::uint32_t kMostPositions = 1u << 20;

struct StoreShape {
  std::uint32_t positions = 0;  ///< size of the history, [kLeastPositions, kMostPositions]
  std::uint32_t n_layers = 0;
  std::uint32_t hidden = 0;
  std::uint32_t signature_words = 0;  ///< 64-bit words kept beside an answer; may be 0
  std::uint32_t window = 0;
  std::uint32_t recent = 0;         ///< positions that may still be asked for: the KV cache's capacity
  std::uint32_t ahead = 0;          ///< positions that may be announced before their tokens come
  std::uint64_t hash_mask = ~0ull;  ///< bits of the hash in use; tests force collisions with few
};

/// An answer's row: the quantised values, then this, then the signature.
struct AnswerScale {
  float scale;
  std::int32_t zero_point;
};

/// An answer as the head's input, and the position's signature.
struct StoredAnswer {
  QuantizedRows input;  ///< one row
  const std::uint64_t* signature;
};

/// A state after l layers depends on the last l * (window - 1) + 1 tokens, wherever in the stream they stand, because
/// keys are cached before rotation. The store keeps
///   - states after 1 to n_layers - 1 layers (K and V follow from them when a later position asks),
///   - answers: the quantised input of the head after all layers, a quarter of a state's size,
/// under the text they depend on, compares that text byte for byte before it hands anything over, and forgets what
/// was used longest ago. Copies are not kept: a position that was replayed only renews the row it came from.
///
/// Where nothing has come back for long, only states after one layer are kept and looked for, so that a stream without
/// repeats pays little; the first one found wakes the rest.
///
/// All state is plain bytes in the storage handed in. Cost per position: one hash per depth asked for, one set of
/// eight entries each, and a copy of the states found.
class Store {
 public:
  /// Bytes of storage; only where bound_bytes(shape) fits the target's memory.
  static std::size_t plan_bytes(const StoreShape& shape) noexcept;
  /// About the same, counted in 64 bits: a hostile shape must not wrap a 32-bit size.
  static std::uint64_t bound_bytes(const StoreShape& shape) noexcept;

  /// storage  plan_bytes(shape) bytes, 64-byte aligned, outliving the store; initialised here
  Store(std::span<std::byte> storage, const StoreShape& shape) noexcept;

  /// Forgets everything.
  void reset() noexcept;

  /// Announces the youngest position. context_begin: nothing older is attended to.
  /// lasting  false: the position will be taken back, and with it those announced since; nothing is kept or renewed
  ///          in their name
  void append(Position p, std::uint8_t token, Position context_begin, bool lasting) noexcept;

  /// Hands over the states of `p` beyond its depth, as far as they are known and at most to depth `layers`.
  void take_states(cache::LayerCache& cache, Position p, std::uint32_t layers) noexcept;
  /// Gets ready for keep_state() of the same position and depth while other work is done.
  void prepare_state(cache::LayerCache& cache, Position p, std::uint32_t layers) const noexcept;
  /// Keeps the state of `p` after `layers` layers, which has just been computed.
  void keep_state(cache::LayerCache& cache, Position p, std::uint32_t layers) noexcept;

  /// The token of `p`, computed while it was not lasting, has come: renews the states it took and keeps those it ran.
  /// All of them have to be there still, see Progress::ahead.
  void confirm(cache::LayerCache& cache, Position p) noexcept;

  /// Whether take_answer() would give one.
  bool knows_answer(Position p) const noexcept;
  /// Whether keep_answer() would keep one.
  bool keeps_answer(Position p) const noexcept;
  /// The answer after all layers at `p`; borrowed until the next keep_answer(). Counts what `p` then need not run.
  std::optional<StoredAnswer> take_answer(cache::LayerCache& cache, Position p) noexcept;
  /// input  one row
  void keep_answer(Position p, const QuantizedRows& input, const std::uint64_t* signature) noexcept;

  std::uint32_t positions() const noexcept { return shape_.positions; }

  /// Text, states and answers. end: the position that comes next in the context they belong to.
  void transfer(snapshot::Archive& archive, Position context_begin, Position end) noexcept;

  /// Layers handed over since construction; a position whose answer was replayed counts once, with all its layers.
  std::uint64_t layers_taken() const noexcept { return layers_taken_; }

 private:
  /// What cannot be derived from the options.
  struct Context {
    Position begin;
    Position passing;  ///< from this position on all will be taken back; kNone: none
    Position found;    ///< the youngest position that something was found for; 0 at the start
  };
  static constexpr Position kNone = ~Position{0};

  bool whole_context(Position p, std::uint32_t layers) const noexcept {
    return p >= context_->begin && p - context_->begin + 1 >= suffixes_[layers].length;
  }
  bool is_dormant(Position p) const noexcept;
  bool keeps_state(cache::LayerCache& cache, Position p, std::uint32_t layers) const noexcept;
  RowKey key(Position p, std::uint32_t layers) const noexcept;
  bool is_lasting(Position p) const noexcept { return p < context_->passing; }
  RowTable::Row find(const RowTable& table, Position p, std::uint32_t layers) const noexcept;
  /// The same; what is found is renewed.
  RowTable::Row use(const RowTable& table, Position p, std::uint32_t layers) noexcept;

  StoreShape shape_;
  Suffix suffixes_[kMaxLayers + 1];
  Context* context_ = nullptr;
  Text text_;
  RowTable states_;
  RowTable answers_;
  std::uint64_t layers_taken_ = 0;
};

}  // namespace mgt::replay
