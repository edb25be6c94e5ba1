// The stream's own history as a predictor: longest-suffix match, byte statistics of several orders, one mixed answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "memory/context_table.hpp"
#include "memory/cursor.hpp"
#include "memory/recurrences.hpp"
#include "snapshot/fwd.hpp"

namespace mgt::memory {

struct Decided;
struct Decision;

/// What the memory expects of the next byte.
struct MemoryPrediction {
  alignas(64) float probabilities[256];  ///< all > 0, sum 1 to 1e-5
  float confidence = 0;                  ///< probability of `predicted`; calibrated: it is right that often
  /// Length of the suffix that recurs, at most kMaxMatch; 0 = none. Counted from 1 again behind a miss that the long
  /// match goes on after.
  std::uint32_t match_length = 0;
  std::uint8_t predicted = 0;   ///< most probable byte (the lowest of equals)
  std::uint8_t match_byte = 0;  ///< what followed the recurring suffix; meaningless where match_length is 0
  std::uint8_t place = 0;       ///< where in its line and field the next byte stands, in [0, kPlaces)
  std::uint8_t letters = 0;     ///< bytes of the word so far, counted up to kMostLetters

  /// Nothing is expected: all bytes are as probable.
  void clear() noexcept;
};

struct MemoryOptions {
  /// All memory the predictor may use; at least kMinMemoryBytes. Tables take the largest power of two that fits.
  std::size_t memory_bytes = std::size_t{4} << 20;
  /// Bytes of history the match model can point into; a power of two in [4096, 2^24]; six times
  /// as much (with its index) must fit beside about 220 KiB of fixed tables, so 4096 at kMinMemoryBytes.
  std::size_t history_bytes = std::size_t{64} << 10;
};

inline constexpr std::size_t kMinMemoryBytes = std::size_t{256} << 10;
inline constexpr std::uint32_t kMaxMatch = 65535;

/// Online predictor of the next byte. All state is plain bytes in the storage handed in.
///
/// Deterministic on every target: integers, and float32 with + - * / in a fixed order.
/// Method: PAQ-style logistic mixing (Mahoney, "Adaptive weighing of context models", 2005) of binary decisions
/// over ranked candidate bytes, a finite-context fallback with exclusions (Cleary and Witten, PPM, 1984).
class StreamMemory {
 public:
  static bool valid(const MemoryOptions& options) noexcept;
  /// Bytes of storage for these (valid) options; at most options.memory_bytes.
  static std::size_t plan_bytes(const MemoryOptions& options) noexcept;

  /// storage  plan_bytes(options) zeros, 64-byte aligned, outliving the object
  StreamMemory(std::span<std::byte> storage, const MemoryOptions& options) noexcept;

  /// Forgets everything, as after construction.
  void reset() noexcept;

  /// The distribution of the next byte. Call it once before each update(); update() learns little without it.
  void predict(MemoryPrediction& out) noexcept;

  /// Takes in the byte that came; learns from the prediction made before it, if there was one. About 0.2 us.
  void update(std::uint8_t byte) noexcept;

  /// Whether a prediction waits for its byte; predict() then gives the same one again.
  bool has_predicted() const noexcept;

  /// Where what now ends the stream occurred lately. About 0.1 us.
  Recurrences recurrences() const noexcept;

  /// Bytes taken in since construction or reset().
  std::uint64_t position() const noexcept;

  void transfer(snapshot::Archive& archive) noexcept;

 private:
  friend class Preview;
  struct State;
  /// Writes what is not zero in a new memory.
  void begin() noexcept;

  /// Where things lie in the storage, bytes from its start.
  struct Layout {
    std::size_t history, match_tables, slots, total;
    std::uint32_t log2_matches, log2_slots;
  };
  static Layout layout_of(const MemoryOptions& options) noexcept;
  State& state() const noexcept { return *reinterpret_cast<State*>(storage_.data()); }
  History history() const noexcept;
  ContextTable context_table() const noexcept;
  std::uint32_t* match_entries() const noexcept;
  /// The distribution at a cursor whose contexts stand in `slots`; learns nothing.
  void decide(const Cursor& at, const ContextSlot* const (&slots)[kContexts], Decided& decided,
              MemoryPrediction& out) const noexcept;
  struct Question;
  /// Describes decision n, whether it is this candidate, and returns its log-odds.
  float ask(Question& question, std::uint32_t candidate, std::uint32_t n, Decision& decision) const noexcept;
  static constexpr std::uint32_t kLanes = 4;
  /// The probabilities of n decisions with these log-odds.
  void judge(const float (&logits)[kLanes], std::uint32_t n, Decision* decisions, float (&hits)[kLanes]) const noexcept;
  bool learn(std::uint8_t byte) noexcept;
  std::uint64_t transfer_place(snapshot::Archive& archive) noexcept;
  void transfer_learnt(snapshot::Archive& archive) noexcept;
  void transfer_tables(snapshot::Archive& archive, std::uint64_t position) noexcept;

  std::span<std::byte> storage_;
  MemoryOptions options_;
  Layout layout_;
};

}  // namespace mgt::memory
