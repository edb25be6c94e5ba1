// One answer from two predictors: the transformer's distribution at some exit and the stream memory's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "memory/stream_memory.hpp"
#include "snapshot/fwd.hpp"

namespace mgt::memory {

struct MixerOptions {
  std::uint32_t n_exits = 4;  ///< exits are numbered 1..n_exits; at most 64
};

/// Mixes two distributions with weights learnt online, per exit and per situation (match length, how sure each of them
/// is, which was the better one lately, the place in the line, the byte asked about).
///
/// All state is plain bytes in the storage handed in. Deterministic on every target.
/// Method: geometric mixing with online gradient descent on the coding cost (Mattern, "Mixing strategies in data
/// compression", DCC 2012), then an adaptive probability map for each byte decided.
class Mixer {
 public:
  static std::size_t plan_bytes(const MixerOptions& options) noexcept;

  /// storage  plan_bytes(options) bytes, 64-byte aligned, outliving the object; initialised here.
  Mixer(std::span<std::byte> storage, const MixerOptions& options) noexcept;

  /// Forgets everything learnt, as after construction.
  void reset() noexcept;

  /// The mixture for this exit. Learnt state is untouched; what learn() needs is kept until then.
  ///
  /// exit   in [1, n_exits]; several exits, in any order, may be mixed in one step
  /// model_probabilities  [256], >= 0, sum about 1
  /// certainty  of the memory, see certainty_of()
  /// out    [256], all > 0, sum 1 to 1e-5; may be model_probabilities
  void mix(std::uint32_t exit, const float* model_probabilities, const MemoryPrediction& memory, float certainty,
           float* out) noexcept;

  /// Adapts every exit mixed since the last learn() or discard() to the byte that came.
  void learn(std::uint8_t byte) noexcept;

  /// Drops what mix() kept, without learning (a quarantined step).
  void discard() noexcept;

  void transfer(snapshot::Archive& archive) noexcept;

 private:
  struct State;
  std::span<std::byte> storage_;
  MixerOptions options_;
};

}  // namespace mgt::memory
